#include <sonde/core/uri.hpp>

#include <gtest/gtest.h>

#include <sonde/core/error.hpp>
#include <string>
#include <vector>

namespace sonde {
namespace {

struct GoodCase {
  std::string text;
  Uri expected;
};

void PrintTo(const GoodCase& good, std::ostream* out) { *out << good.text; }

class GoodUri : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodUri, Parses) {
  const Uri uri = Uri::parse(GetParam().text);
  const Uri& expected = GetParam().expected;
  EXPECT_EQ(uri.scheme, expected.scheme);
  EXPECT_EQ(uri.user, expected.user);
  EXPECT_EQ(uri.password, expected.password);
  EXPECT_EQ(uri.hosts, expected.hosts);
  EXPECT_EQ(uri.path, expected.path);
  EXPECT_EQ(uri.options, expected.options);
}

TEST_P(GoodUri, ReadsBackFromItsText) {
  Uri uri = Uri::parse(GetParam().text);
  uri.password.clear();
  EXPECT_EQ(Uri::parse(uri.toString()), uri) << uri.toString();
}

Uri sqlite(std::string path, std::vector<std::pair<std::string, std::string>> options = {}) {
  return {.scheme = "sqlite", .path = std::move(path), .options = std::move(options)};
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite, GoodUri,
    ::testing::Values(
        GoodCase{"app.db", sqlite("app.db")}, GoodCase{"./a:b.db", sqlite("./a:b.db")},
        GoodCase{"/var/lib/app.db", sqlite("/var/lib/app.db")},
        GoodCase{":memory:", sqlite(":memory:")},
        GoodCase{"C:\\data\\app.db", sqlite("C:\\data\\app.db")},
        GoodCase{"100%.db", sqlite("100%.db")}, GoodCase{"a b?c=d#e.db", sqlite("a b?c=d#e.db")},
        GoodCase{"sqlite:app.db", sqlite("app.db")}, GoodCase{"SQLite:app.db", sqlite("app.db")},
        GoodCase{"sqlite::memory:", sqlite(":memory:")},
        GoodCase{"sqlite::memory:?cache=shared", sqlite(":memory:", {{"cache", "shared"}})},
        GoodCase{"sqlite:///var/app.db", sqlite("/var/app.db")},
        GoodCase{"sqlite:/var/app.db", sqlite("/var/app.db")},
        GoodCase{"sqlite:////var/app.db", sqlite("//var/app.db")},
        GoodCase{"sqlite://localhost/var/app.db", sqlite("/var/app.db")},
        GoodCase{"sqlite:app.db?mode=ro&&x=", sqlite("app.db", {{"mode", "ro"}, {"x", ""}})},
        GoodCase{"sqlite:a%20b%3F.db?k%3D=a%26b", sqlite("a b?.db", {{"k=", "a&b"}})},
        GoodCase{"sqlite:#1.db", sqlite("#1.db")},
        GoodCase{"sqlite:\xC3\xBC.db", sqlite("\xC3\xBC.db")},
        GoodCase{"sqlite:app.db?a=1&a=2", sqlite("app.db", {{"a", "1"}, {"a", "2"}})}));

INSTANTIATE_TEST_SUITE_P(
    Server, GoodUri,
    ::testing::Values(
        GoodCase{"postgresql://", {.scheme = "postgresql"}},
        GoodCase{"postgresql:///shop", {.scheme = "postgresql", .path = "shop"}},
        GoodCase{"postgresql://ada@db/shop",
                 {.scheme = "postgresql", .user = "ada", .hosts = {{"db", {}}}, .path = "shop"}},
        GoodCase{"postgresql://ada:s%3Ae%2Fc%40ret@db:5433/shop?sslmode=require",
                 {.scheme = "postgresql",
                  .user = "ada",
                  .password = "s:e/c@ret",
                  .hosts = {{"db", std::uint16_t{5433}}},
                  .path = "shop",
                  .options = {{"sslmode", "require"}}}},
        GoodCase{"postgresql://a:p@ss@db/x",
                 {.scheme = "postgresql",
                  .user = "a",
                  .password = "p@ss",
                  .hosts = {{"db", {}}},
                  .path = "x"}},
        GoodCase{"postgresql://db1,db2:6000,[2001:db8::1]:7000,[::1]/x",
                 {.scheme = "postgresql",
                  .hosts = {{"db1", {}},
                            {"db2", std::uint16_t{6000}},
                            {"2001:db8::1", std::uint16_t{7000}},
                            {"::1", {}}},
                  .path = "x"}},
        GoodCase{"postgresql://%2Fvar%2Frun/x",
                 {.scheme = "postgresql", .hosts = {{"/var/run", {}}}, .path = "x"}},
        GoodCase{"postgresql://:6000/x",
                 {.scheme = "postgresql", .hosts = {{"", std::uint16_t{6000}}}, .path = "x"}},
        GoodCase{
            "mysql://root@h?x=y",
            {.scheme = "mysql", .user = "root", .hosts = {{"h", {}}}, .options = {{"x", "y"}}}},
        GoodCase{"mysql://root:@h", {.scheme = "mysql", .user = "root", .hosts = {{"h", {}}}}},
        GoodCase{"mysql://h/a/b%2Fc", {.scheme = "mysql", .hosts = {{"h", {}}}, .path = "a/b/c"}},
        GoodCase{"mock:things", {.scheme = "mock", .path = "things"}},
        GoodCase{"x-my.driver+2:/a", {.scheme = "x-my.driver+2", .path = "/a"}},
        GoodCase{"duck:////a", {.scheme = "duck", .path = "/a"}},
        GoodCase{"duck://///a", {.scheme = "duck", .path = "//a"}}));

class BadUri : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(BadUri, IsAConfigErrorThatNamesThePart) {
  try {
    static_cast<void>(Uri::parse(GetParam().first));
    FAIL() << "expected a ConfigError for " << GetParam().first;
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().second), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadUri,
    ::testing::Values(
        std::pair("", "empty"), std::pair(std::string("a\0b", 3), "NUL"),
        std::pair("sqlite:", "no file"), std::pair("sqlite:?mode=ro", "no file"),
        std::pair("sqlite://", "host"), std::pair("sqlite://app.db", "host"),
        std::pair("sqlite:a%zz", "path"), std::pair("sqlite:a%4", "path"),
        std::pair("sqlite:a%", "path"), std::pair("sqlite:a%00b", "NUL"),
        std::pair("sqlite:a?mode", "\"mode\" without a value"),
        std::pair("sqlite:a?=x", "without a name"), std::pair("sqlite:a?x=%g0", "options"),
        std::pair("postgresql://h:0/", "port"), std::pair("postgresql://h:65536/", "port"),
        std::pair("postgresql://h:/", "port"), std::pair("postgresql://h:12x/", "port"),
        std::pair("postgresql://h:+1/", "port"), std::pair("postgresql://a,,b/", "empty host"),
        std::pair("postgresql://a,/", "empty host"), std::pair("postgresql://[::1/", "[ without ]"),
        std::pair("postgresql://[]/", "no address"), std::pair("postgresql://[::1]x/", "after ]"),
        std::pair("postgresql://::1/", "several colons"),
        std::pair("postgresql://u:%zz@h/", "password"), std::pair("postgresql://%zz@h/", "user")));

TEST(Uri, NeverShowsAPasswordInAnError) {
  for (const char* text :
       {"postgresql://ada:hunter2", "postgresql://ada:hunter2%@h", "postgresql://ada:hunter2@h:x",
        "postgresql://ada:hunter2@[", "postgresql://ada:hun:ter2", "postgresql://ada:hunter2@a,,b",
        "postgresql://ada:hunter2@h/?x"}) {
    try {
      static_cast<void>(Uri::parse(text));
      FAIL() << "expected a ConfigError for " << text;
    } catch (const ConfigError& error) {
      const std::string shown = error.what() + error.hint();
      EXPECT_EQ(shown.find("hunter2"), std::string::npos) << shown;
      EXPECT_EQ(shown.find("ter2"), std::string::npos) << shown;
    }
  }
}

TEST(Uri, HidesSecretsInItsText) {
  const Uri uri = Uri::parse("mysql://ada:hunter2@h/shop?sslpassword=key&PWD=x&charset=utf8");
  EXPECT_EQ(uri.toString(), "mysql://ada:***@h/shop?sslpassword=***&PWD=***&charset=utf8");
}

TEST(Uri, GivesTheLastOfRepeatedOptions) {
  const Uri uri = Uri::parse("sqlite:a?x=1&y=2&x=3");
  EXPECT_EQ(uri.option("x"), "3");
  EXPECT_EQ(uri.option("y"), "2");
  EXPECT_EQ(uri.option("X"), std::nullopt);
}

}  // namespace
}  // namespace sonde
