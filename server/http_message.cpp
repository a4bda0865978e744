#include "http_message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "../core/text.hpp"

namespace sonde {
namespace {

const std::string* find(const std::vector<HttpHeader>& headers, std::string_view name) noexcept {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const HttpHeader& header) {
    return text::equalsIgnoreCase(header.name, name);
  });
  return found == headers.end() ? nullptr : &found->value;
}

struct Reason {
  int status;
  std::string_view text;
};

constexpr std::array<Reason, 14> kReasons = {{
    {200, "OK"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {421, "Misdirected Request"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

}  // namespace

const std::string* HttpRequest::header(std::string_view name) const noexcept {
  return find(headers, name);
}

const std::string* HttpResponse::header(std::string_view name) const noexcept {
  return find(headers, name);
}

HttpResponse httpResponse(int status, std::string_view contentType, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(contentType)},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

HttpResponse httpProblem(int status, std::string_view code, std::string_view detail) {
  const nlohmann::ordered_json problem = {
      {"status", status}, {"title", httpReason(status)}, {"code", code}, {"detail", detail}};
  // What the client sent may be quoted, and need not be UTF-8.
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return httpResponse(status, "application/problem+json",
                      problem.dump(-1, ' ', false, kReplace) + "\n");
}

std::string_view httpReason(int status) noexcept {
  const auto* const found = std::find_if(kReasons.begin(), kReasons.end(),
                                         [status](const Reason& r) { return r.status == status; });
  return found == kReasons.end() ? "Unknown" : found->text;
}

std::string httpDate(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<seconds> clock(floor<seconds>(time - day));
  std::array<char, 64> out{};
  const int length = std::snprintf(
      out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays.at(weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
      kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {out.data(), static_cast<std::size_t>(std::max(length, 0))};
}

}  // namespace sonde
