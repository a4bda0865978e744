#include "http_access.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde {
namespace {

bool isAddress(std::string_view host) noexcept {
  std::array<char, INET6_ADDRSTRLEN + 1> name{};
  if (host.empty() || host.size() >= name.size()) return false;
  std::copy(host.begin(), host.end(), name.begin());
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, name.data(), address.data()) == 1 ||
         inet_pton(AF_INET6, name.data(), address.data()) == 1;
}

bool knowsHost(const HttpAccess& access, std::string_view host) {
  return isAddress(host) || text::equalsIgnoreCase(host, "localhost") ||
         std::any_of(access.hosts.begin(), access.hosts.end(), [host](const std::string& known) {
           return text::equalsIgnoreCase(known, host);
         });
}

HttpResponse unauthorized(std::string_view challenge, std::string_view detail) {
  HttpResponse response = httpProblem(401, "unauthorized", detail);
  response.headers.push_back({"WWW-Authenticate", std::string(challenge)});
  return response;
}

}  // namespace

std::optional<std::string_view> bearerToken(std::string_view authorization) noexcept {
  constexpr std::string_view kScheme = "Bearer";
  const std::string_view header = text::trim(authorization);
  if (!text::equalsIgnoreCase(header.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const std::string_view rest = header.substr(kScheme.size());
  const std::size_t token = rest.find_first_not_of(' ');
  if (token == 0 || token == std::string_view::npos) return std::nullopt;
  if (rest.find_first_of(" \t,", token) != std::string_view::npos) return std::nullopt;
  return rest.substr(token);
}

bool sameSecret(std::string_view given, std::string_view secret) noexcept {
  if (secret.empty()) return false;
  // Volatile, or a compiler could leave the loop as soon as the result is known.
  volatile unsigned char difference = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto other = static_cast<unsigned char>(secret[i % secret.size()]);
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(given[i]) ^ other));
  }
  return difference == 0;
}

std::string_view hostName(std::string_view host) noexcept {
  const std::string_view name = text::trim(host);
  if (name.starts_with('[')) {
    const std::size_t end = name.find(']');
    return end == std::string_view::npos ? name : name.substr(1, end - 1);
  }
  return name.substr(0, name.find(':'));
}

std::optional<HttpResponse> refuseAccess(const HttpRequest& request, const HttpAccess& access) {
  if (!access.token.empty()) {
    const std::string* const header = request.header("Authorization");
    if (header == nullptr) {
      return unauthorized("Bearer realm=\"sonde\"", "this needs the header Authorization: Bearer");
    }
    const auto token = bearerToken(*header);
    if (token && sameSecret(*token, access.token)) return std::nullopt;
    return unauthorized("Bearer realm=\"sonde\", error=\"invalid_token\"",
                        token ? "the token is wrong" : "the header Authorization holds no token");
  }
  const std::string* const host = request.header("Host");
  if (host == nullptr || knowsHost(access, hostName(*host))) return std::nullopt;
  return httpProblem(421, "misdirectedRequest",
                     "without a token this server answers only to addresses, localhost and the "
                     "host names that it was given, not to " +
                         quoteForMessage(hostName(*host)));
}

}  // namespace sonde
