#include "engine.hpp"

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <utility>

namespace sonde::conformance {
namespace {

using Engines = std::map<std::string, std::unique_ptr<Engine>>;

void add(Engines& engines, std::unique_ptr<Engine> engine) {
  std::string name = engine->name();
  engines.emplace(std::move(name), std::move(engine));
}

const Engines& engines() {
  static const Engines kEngines = [] {
    Engines all;
#ifdef SONDE_TEST_SQLITE
    add(all, makeSqliteEngine());
#endif
#ifdef SONDE_TEST_POSTGRES
    add(all, makePostgresEngine());
#endif
#ifdef SONDE_TEST_MYSQL
    add(all, makeMariaDbEngine());
#endif
    if (const char* uri = std::getenv("SONDE_TEST_CONFORMANCE_URI"); uri != nullptr) {
      add(all, makeExternalEngine(uri));
    }
    return all;
  }();
  return kEngines;
}

// Whoever brings a database has filled it: only what reads runs on it.
class ExternalHome final : public Home {
 public:
  explicit ExternalHome(std::string uri) : uri_(std::move(uri)) {}
  [[nodiscard]] std::string uri() const override { return uri_; }
  void run(const std::string& /*sql*/) override {}
  [[nodiscard]] std::string value(const std::string& /*sql*/) override {
    throw std::runtime_error("an external database is only read");
  }

 private:
  std::string uri_;
};

class ExternalEngine final : public Engine {
 public:
  explicit ExternalEngine(std::string uri) : uri_(std::move(uri)) {}
  [[nodiscard]] std::string name() const override { return "External"; }
  [[nodiscard]] std::unique_ptr<Home> makeHome() const override {
    return std::make_unique<ExternalHome>(uri_);
  }
  [[nodiscard]] std::string word(std::string_view name) const override { return std::string(name); }

 private:
  std::string uri_;
};

}  // namespace

std::string Engine::sql(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    out += text.substr(at, open - at);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    out += word(text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  return out;
}

std::vector<std::string> engineNames() {
  std::vector<std::string> names;
  for (const auto& [name, engine] : engines()) {
    if (name != "External") names.push_back(name);
  }
  return names;
}

std::vector<std::string> readableEngineNames() {
  std::vector<std::string> names;
  for (const auto& [name, engine] : engines()) names.push_back(name);
  return names;
}

const Engine& engineNamed(const std::string& name) { return *engines().at(name); }

std::unique_ptr<Engine> makeExternalEngine(std::string uri) {
  return std::make_unique<ExternalEngine>(std::move(uri));
}

}  // namespace sonde::conformance
