#include "replica_uris.hpp"

#include <algorithm>

#include "../core/error.hpp"
#include "../core/suggest.hpp"

namespace sonde::detail {
namespace {

constexpr std::string_view kRole = "target_session_attrs";

Uri parse(const std::string& text, const Uri& primary) {
  Uri replica = Uri::parse(text);
  if (replica.scheme != primary.scheme) {
    throw ConfigError("replicas.uris: " + quoteForMessage(replica.toString()) +
                      " is no replica of a database of the scheme " +
                      quoteForMessage(primary.scheme));
  }
  if (replica.user.empty()) {
    replica.user = primary.user;
    if (replica.password.empty()) replica.password = primary.password;
  }
  if (replica.path.empty()) replica.path = primary.path;
  for (const auto& option : primary.options) {
    if (option.first != kRole && !replica.option(option.first)) replica.options.push_back(option);
  }
  return replica;
}

}  // namespace

std::vector<Uri> replicaUris(const std::vector<std::string>& texts, Uri& primary) {
  std::vector<Uri> replicas;
  replicas.reserve(texts.size());
  for (const std::string& text : texts) replicas.push_back(parse(text, primary));
  // Without a host the primary is wherever the client library looks first.
  if (replicas.empty() || primary.hosts.empty()) return replicas;
  for (const Uri& replica : replicas) {
    for (const UriHost& host : replica.hosts) {
      if (std::find(primary.hosts.begin(), primary.hosts.end(), host) == primary.hosts.end()) {
        primary.hosts.push_back(host);
      }
    }
  }
  if (!primary.option(kRole)) primary.options.emplace_back(kRole, "read-write");
  return replicas;
}

}  // namespace sonde::detail
