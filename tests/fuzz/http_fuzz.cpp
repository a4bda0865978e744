// Any bytes as the target, the Authorization and the Host of a request: answered, never thrown at,
// and never let in without the token.
#include <sonde/server/router.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"

namespace {

constexpr std::string_view kToken = "0123456789abcdef";

sonde::HttpResponse secret(const sonde::HttpRequest&, const sonde::HttpTarget& target) {
  for (const auto& [name, value] : target.query) {
    require(name.find('\n') == std::string::npos && value.find('\0') == std::string::npos);
  }
  return sonde::httpResponse(200, "text/plain", "secret");
}

const sonde::Router& guarded() {
  static const sonde::Router router = [] {
    sonde::Router made({.token = std::string(kToken)});
    made.add("/x", secret);
    return made;
  }();
  return router;
}

const sonde::Router& unguarded() {
  static const sonde::Router router = [] {
    sonde::Router made;
    made.add("/x", secret);
    return made;
  }();
  return router;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Target, Authorization and Host, with line ends between.
  const std::size_t first = std::min(text.find('\n'), text.size());
  const std::size_t second = std::min(text.find('\n', std::min(first + 1, size)), size);
  const std::string authorization(
      text.substr(std::min(first + 1, size), second - std::min(first + 1, second)));
  sonde::HttpRequest request;
  request.target = text.substr(0, first);
  request.headers = {{"Authorization", authorization},
                     {"Host", std::string(text.substr(std::min(second + 1, size)))}};

  if (const auto target = sonde::HttpTarget::parse(request.target)) {
    require(target->path.starts_with('/'));
  } else {
    require(guarded().handle(request).status == 400);
  }
  const sonde::HttpResponse answer = guarded().handle(request);
  const bool mayPass = authorization.find(kToken) != std::string::npos;
  require(answer.status != 200 || mayPass);
  require(unguarded().handle(request).status != 401);
  static_cast<void>(guarded().mayWait(request));
  return 0;
}
