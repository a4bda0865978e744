#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

class ConfigTest : public testing::Test {
 protected:
  std::string write(std::string_view name, std::string_view text) {
    const std::string path = folder_.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  // What loading says; empty when it says nothing.
  static std::string errorOf(const ConfigSources& sources) {
    try {
      static_cast<void>(Config::load(sources));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return {};
  }
  std::string fileError(std::string_view json) {
    return errorOf({write("app.json", json), "", false});
  }
  std::string envError(std::string_view text) { return errorOf({"", write(".env", text), false}); }
  static void expectAll(const std::string& message, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "no " << part << " in: " << message;
    }
  }

  TemporaryFolder folder_;
};

TEST_F(ConfigTest, ReadsEveryKeyFromAFile) {
  const Config config = Config::load({write("app.json", R"({
    // comments are fine
    "uri": "sqlite:app.db", "access": "readOnly", "allowRawSql": true,
    "attachments": {"logs": "logs.db"}, "drivers": ["csv", "/opt/x.so"],
    "pool": {"readers": 7, "acquireTimeoutMs": 250},
    "cache": {"statements": 9},
    "optimization": {"busyTimeoutMs": 11, "journalMode": "wal", "synchronous": "normal",
                     "cacheSize": -2000, "mmapSize": 0, "tempStore": "memory",
                     "foreignKeys": false, "settings": {"trusted_schema": "off", "threads": 2}},
    "logging": {"level": "warn", "console": true, "file": "x.log", "maxFileBytes": 1000,
                "maxFiles": 2, "jsonLines": true},
    "naming": {"relations": {"posts": {"user": "author"}}},
    "limits": {"maxResultBytes": 1048576},
    "schema": {"checkIntervalMs": 0}
  })"),
                                      "", false});
  EXPECT_EQ(config.uri, "sqlite:app.db");
  EXPECT_EQ(config.access, AccessMode::ReadOnly);
  EXPECT_TRUE(config.allowRawSql);
  ASSERT_EQ(config.attachments.size(), 1U);
  EXPECT_EQ(config.attachments[0].name, "logs");
  EXPECT_EQ(config.attachments[0].path, "logs.db");
  EXPECT_EQ(config.drivers, (std::vector<std::string>{"csv", "/opt/x.so"}));
  EXPECT_EQ(config.pool.readers, 7U);
  EXPECT_EQ(config.pool.acquireTimeout, 250ms);
  EXPECT_EQ(config.cache.statements, 9U);
  EXPECT_EQ(config.optimization.busyTimeout, 11ms);
  EXPECT_EQ(config.optimization.journalMode, "wal");
  EXPECT_EQ(config.optimization.synchronous, "normal");
  EXPECT_EQ(config.optimization.cacheSize, -2000);
  EXPECT_EQ(config.optimization.mmapSize, 0);
  EXPECT_EQ(config.optimization.tempStore, "memory");
  EXPECT_EQ(config.optimization.foreignKeys, false);
  EXPECT_EQ(config.optimization.settings.at("trusted_schema"), "off");
  EXPECT_EQ(config.optimization.settings.at("threads"), "2");
  EXPECT_EQ(config.logging.level, LogLevel::Warn);
  EXPECT_TRUE(config.logging.console);
  EXPECT_EQ(config.logging.file, "x.log");
  EXPECT_EQ(config.logging.maxFileBytes, 1000U);
  EXPECT_EQ(config.logging.maxFiles, 2U);
  EXPECT_TRUE(config.logging.jsonLines);
  EXPECT_EQ(config.naming.relations.at("posts").at("user"), "author");
  EXPECT_EQ(config.limits.maxResultBytes, 1'048'576U);
  EXPECT_EQ(config.schema.checkInterval, 0ms);
}

TEST_F(ConfigTest, LaterSourcesWinAndTheUriWinsOverAll) {
  const std::string file = write("app.json", R"({"uri": "sqlite:file.db", "pool": {"readers": 1},
    "cache": {"statements": 1}, "limits": {"maxResultBytes": 1},
    "schema": {"checkIntervalMs": 1}})");
  const std::string env = write(".env",
                                "SONDE_CACHE_STATEMENTS=2\nSONDE_LIMITS_MAX_RESULT_BYTES=2\n"
                                "SONDE_SCHEMA_CHECK_INTERVAL_MS=2\n");
  const Variable limit("SONDE_LIMITS_MAX_RESULT_BYTES", "3");
  const Variable interval("SONDE_SCHEMA_CHECK_INTERVAL_MS", "3");
  const Variable uri("SONDE_URI", "sqlite:env.db?schema.checkIntervalMs=4&mode=rwc");
  Uri parsed;
  const Config config = Config::load({file, env, true}).resolved(parsed);
  EXPECT_EQ(config.pool.readers, 1U);
  EXPECT_EQ(config.cache.statements, 2U);
  EXPECT_EQ(config.limits.maxResultBytes, 3U);
  EXPECT_EQ(config.schema.checkInterval, 4ms);
  EXPECT_EQ(parsed.path, "env.db");
  ASSERT_EQ(parsed.options.size(), 1U) << "what is not ours is the driver's";
  EXPECT_EQ(parsed.options[0].first, "mode");
  EXPECT_EQ(Config::load({file, env, false}).limits.maxResultBytes, 2U);
  EXPECT_EQ(Config::load({file, "", false}).cache.statements, 1U);
}

TEST_F(ConfigTest, EveryKeyHasAVariable) {
  const Variable a("SONDE_POOL_ACQUIRE_TIMEOUT_MS", "12");
  const Variable b("SONDE_ALLOW_RAW_SQL", "yes");
  const Variable c("SONDE_OPTIMIZATION_SETTINGS", R"({"threads": 3})");
  const Variable d("SONDE_LOGGING_LEVEL", "debug");
  const Config config = Config::load();
  EXPECT_EQ(config.pool.acquireTimeout, 12ms);
  EXPECT_TRUE(config.allowRawSql);
  EXPECT_EQ(config.optimization.settings.at("threads"), "3");
  EXPECT_EQ(config.logging.level, LogLevel::Debug);
}

TEST_F(ConfigTest, DriversAreNamedByFileAndEnvironmentButNeverByAUri) {
  {
    const Variable drivers("SONDE_DRIVERS", ":csv:/opt/x.so::");
    EXPECT_EQ(Config::load().drivers, (std::vector<std::string>{"csv", "/opt/x.so"}));
  }
  const Variable folders("SONDE_DRIVER_PATH", "/opt/drivers");
  EXPECT_TRUE(Config::load().drivers.empty()) << "the folders are no key";
  expectAll(envError("SONDE_DRIVER_PATH=/opt/drivers\n"), {".env:1", "SONDE_DRIVER_PATH"});
  expectAll(fileError(R"({"drivers": {"csv": "x"}})"), {"drivers", "takes a list"});
  expectAll(fileError(R"({"drivers": ["csv", 5]})"), {"drivers", "takes a text"});
  Config config;
  config.uri = "sqlite::memory:?drivers=/opt/x.so";
  EXPECT_THROW(static_cast<void>(Database::open(config)), ConfigError);
  Uri uri;
  EXPECT_TRUE(config.resolved(uri).drivers.empty());
}

TEST_F(ConfigTest, KeysAreSortedAndUnique) {
  const auto keys = Config::keys();
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
  EXPECT_GT(keys.size(), 20U);
}

TEST_F(ConfigTest, AnUnknownKeyNamesItsPlaceAndTheNearestOne) {
  expectAll(fileError(R"({"pool": {"reader": 3}})"), {"app.json", "pool.reader", "pool.readers"});
  expectAll(fileError(R"({"ury": "x"})"), {"app.json", "\"ury\"", "\"uri\""});
  expectAll(fileError(R"({"automation": {"autoOptimize": true}})"), {"unknown key", "automation"});
  expectAll(envError("\n\nSONDE_POOL_READER=3\n"),
            {".env:3", "SONDE_POOL_READER", "SONDE_POOL_READERS"});
  const Variable ofDevelopers("SONDE_DEV_JOBS", "1");
  const Variable ofTests("SONDE_TEST_POSTGRES", "postgresql://db/postgres");
  EXPECT_EQ(errorOf({}), "");
  const Variable wrong("SONDE_CACHE_STATEMENT", "1");
  expectAll(errorOf({}), {"environment", "SONDE_CACHE_STATEMENT", "SONDE_CACHE_STATEMENTS"});
  Config config;
  config.uri = "sqlite:x?pool.redaers=1";
  Uri uri;
  EXPECT_THROW(static_cast<void>(config.resolved(uri)), ConfigError);
}

TEST_F(ConfigTest, AWrongValueNamesItsKeyAndNeverShowsIt) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"pool": {"readers": "s3cret"}})", "pool.readers"},
      {R"({"pool": {"readers": -1}})", "pool.readers"},
      {R"({"pool": {"readers": 1.5}})", "pool.readers"},
      {R"({"pool": {"readers": null}})", "pool.readers"},
      {R"({"pool": {"acquireTimeoutMs": 9223372036854775807}})", "pool.acquireTimeoutMs"},
      {R"({"pool": {"readers": 18446744073709551615}})", "pool.readers"},
      {R"({"pool": "s3cret"})", "pool"},
      {R"({"uri": 5})", "uri"},
      {R"({"allowRawSql": "s3cret"})", "allowRawSql"},
      {R"({"access": "s3cret"})", "access"},
      {R"({"attachments": ["s3cret"]})", "attachments"},
      {R"({"attachments": {"a": 5}})", "attachments.a"},
      {R"({"naming": {"relations": {"t": {"r": []}}}})", "naming.relations.t.r"},
      {R"({"optimization": {"settings": {"threads": [1]}}})", "optimization.settings.threads"},
      {R"({"logging": {"maxFiles": 0}})", "logging.maxFiles"},
  };
  for (const auto& [json, key] : cases) {
    const std::string message = fileError(json);
    expectAll(message, {"app.json", key, "takes"});
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
  }
  expectAll(fileError(R"({"logging": {"level": "wran"}})"), {"logging.level", "warn"});
}

TEST_F(ConfigTest, AFileThatIsNotAConfigurationIsAnError) {
  expectAll(errorOf({folder_.file("missing.json"), "", false}), {"missing.json"});
  expectAll(errorOf({folder_.file(""), "", false}), {"cannot be read"});
  const std::string message = fileError(R"({"uri": "sqlite:s3cret)");
  expectAll(message, {"app.json", "not JSON", "byte"});
  EXPECT_EQ(message.find("s3cret"), std::string::npos);
  expectAll(fileError("[1]"), {"app.json", "object"});
  expectAll(fileError(""), {"not JSON"});
}

TEST_F(ConfigTest, TakesSecretsFromTheEnvironment) {
  const Variable secret("CONFIG_TEST_PATH", "hidden/app");
  const std::string file = write("app.json", R"({"uri": "sqlite:${CONFIG_TEST_PATH}.db",
    "attachments": {"a": "${FROM_FILE}$${literal}"}})");
  const std::string env = write(".env", "FROM_FILE=f\nCONFIG_TEST_PATH=loses\n");
  const Config config = Config::load({file, env, false});
  EXPECT_EQ(config.uri, "sqlite:hidden/app.db");
  EXPECT_EQ(config.attachments[0].path, "f${literal}");
  expectAll(fileError(R"({"uri": "${CONFIG_TEST_NOT_THERE}"})"),
            {"app.json", "uri", "CONFIG_TEST_NOT_THERE"});
  expectAll(fileError(R"({"attachments": {"a": "${unclosed"}})"), {"attachments.a", "}"});
}

TEST_F(ConfigTest, ReadsEnvFilesAsAShellWould) {
  const std::string env = write(".env",
                                "\xEF\xBB\xBF# a comment\r\n"
                                "export SONDE_URI = sqlite:a b.db   # why\r\n"
                                "BASE='lit${eral}'\n"
                                "SONDE_LOGGING_FILE=\"x\\n\\\"y\\\" # \\$z \\${no} ${BASE}\"\n"
                                "SONDE_OPTIMIZATION_TEMP_STORE=mem#ory\n"
                                "EMPTY=\n");
  const Config config = Config::load({"", env, false});
  EXPECT_EQ(config.uri, "sqlite:a b.db");
  EXPECT_EQ(config.logging.file, "x\n\"y\" # $z ${no} lit${eral}");
  EXPECT_EQ(config.optimization.tempStore, "mem#ory");
  expectAll(envError("A=1\nnonsense\n"), {".env:2"});
  expectAll(envError("A=\"open\n"), {".env:1", "quote"});
  expectAll(envError("A='open\n"), {".env:1", "quote"});
  expectAll(envError("A='x' y\n"), {".env:1"});
  expectAll(envError("1A=x\n"), {".env:1"});
  expectAll(envError("=x\n"), {".env:1"});
  expectAll(errorOf({"", folder_.file("none.env"), false}), {"none.env"});
}

TEST_F(ConfigTest, SetsKeysFromCode) {
  Config config;
  config.set("pool.readers", "5");
  EXPECT_EQ(config.pool.readers, 5U);
  EXPECT_THROW(config.set("pool.readers", "five"), ConfigError);
  EXPECT_THROW(config.set("pool", "5"), ConfigError);
  EXPECT_THROW(config.set("nosuch", "5"), ConfigError);
  EXPECT_EQ(Config::fromJson(nlohmann::json{{"pool", {{"readers", 6}}}}).pool.readers, 6U);
}

TEST_F(ConfigTest, ComparesByWhatItMeans) {
  Config a;
  a.uri = "sqlite:x";
  Config b = a;
  EXPECT_TRUE(a.sameAs(b));
  b.optimization.settings["threads"] = "1";
  EXPECT_FALSE(a.sameAs(b));
  b = a;
  b.attachments.push_back({"a", "b"});
  EXPECT_FALSE(a.sameAs(b));
  b = a;
  b.drivers.emplace_back("csv");
  EXPECT_FALSE(a.sameAs(b));
  b = a;
  b.logging.callback = [](const LogEvent&) {};
  EXPECT_FALSE(a.sameAs(b));
}

TEST_F(ConfigTest, OpensWhatItDescribes) {
  const std::string path = folder_.file("app.db");
  const std::string file =
      write("app.json", R"({"uri": "sqlite:)" + path + R"(", "access": "createIfMissing",
    "optimization": {"journalMode": "wal"},
    "naming": {"relations": {"posts": {"user": "author"}}}})");
  {
    Config plain;
    plain.uri = "sqlite:" + path;
    plain.access = AccessMode::CreateIfMissing;
    makeUsers(Database::open(plain));
  }
  const Database db = Database::open(Config::load({file, "", false}));
  EXPECT_EQ(db.topology().shape, PoolShape::WriterAndReaders);
  EXPECT_NE(db.schema()->table("posts").findRelation("author"), nullptr);
  EXPECT_EQ(db.getSchemaInfo().at("dialect"), "sqlite");

  Config wrong;
  wrong.uri = "sqlite:" + path;
  wrong.optimization.settings["jurnal_mode"] = "wal";
  EXPECT_THROW(static_cast<void>(Database::open(wrong)), ConfigError);
  wrong.optimization.settings.clear();
  wrong.naming.relations["nosuch"]["x"] = "y";
  EXPECT_THROW(static_cast<void>(Database::open(wrong)), ConfigError);
}

TEST_F(ConfigTest, LogsWhereItIsTold) {
  std::vector<std::string> lines;
  Config config;
  config.uri = "sqlite::memory:";
  config.logging.level = LogLevel::Info;
  config.logging.callback = [&](const LogEvent& event) { lines.emplace_back(event.message); };
  const Database db = Database::open(config);
  db.sql("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  EXPECT_NE(std::find(lines.begin(), lines.end(), "opened a database"), lines.end());
  EXPECT_NE(std::find(lines.begin(), lines.end(), "the schema changed"), lines.end());
}

}  // namespace
}  // namespace sonde
