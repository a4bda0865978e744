#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/core/log.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/dialects/registry.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sonde {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A driver that can be told from the built-in one.
class OwnDriver : public MockDriver {};

DriverFactory ownFactory() {
  return [] { return std::make_unique<OwnDriver>(); };
}

bool isOwn(std::string_view scheme) {
  return dynamic_cast<OwnDriver*>(makeDriver(scheme).get()) != nullptr;
}

/// Takes back what a test registered.
class Registry : public testing::Test {
 protected:
  ~Registry() override {
    for (const char* scheme : {"mock", "sqlite", "own", "a+b-c.d1"}) unregisterDriver(scheme);
  }

  Logger logger() {
    LogConfig config;
    config.level = LogLevel::Warn;
    config.callback = [this](const LogEvent& event) {
      std::string line(event.message);
      for (const auto& [name, value] : event.fields) {
        line += " " + std::string(name) + "=" + std::string(value);
      }
      lines_.push_back(std::move(line));
    };
    return Logger(config);
  }

  std::vector<std::string> lines_;
};

TEST_F(Registry, HasTheBuiltInEngines) {
  EXPECT_THAT(driverSchemes(), Contains("mock"));
  EXPECT_EQ(makeDriver("mock")->dialect().name(), "mock");
  EXPECT_EQ(makeDriver("MOCK")->dialect().name(), "mock");
}

TEST_F(Registry, TakesDriversOfThirdParties) {
  registerDriver("Own", ownFactory(), {.logger = logger()});
  EXPECT_TRUE(isOwn("own"));
  EXPECT_TRUE(isOwn("OWN"));
  EXPECT_THAT(driverSchemes(), Contains("own"));
  EXPECT_TRUE(lines_.empty());
  EXPECT_TRUE(unregisterDriver("own"));
  EXPECT_FALSE(unregisterDriver("own"));
  EXPECT_THAT(driverSchemes(), Not(Contains("own")));
  EXPECT_THROW((void)makeDriver("own"), ConfigError);
}

TEST_F(Registry, ASecondDriverForASchemeIsRefused) {
  const auto refusal = [](const char* scheme) {
    try {
      registerDriver(scheme, ownFactory());
    } catch (const ConfigError& error) {
      return error.what() + ("; hint: " + error.hint());
    }
    return std::string("none");
  };
  EXPECT_THAT(refusal("MOCK"), HasSubstr("\"mock\" has a driver already, built in"));
  EXPECT_THAT(refusal("mock"), HasSubstr("OnDuplicate::Replace"));
  EXPECT_FALSE(isOwn("mock"));
  EXPECT_EQ(refusal("own"), "none");
  EXPECT_THAT(refusal("own"), HasSubstr("registered by this program"));
  EXPECT_TRUE(unregisterDriver("own"));
  registerDriver("own", ownFactory(), {.origin = "/opt/own.so"});
  EXPECT_THAT(refusal("own"), HasSubstr("registered by /opt/own.so"));
}

TEST_F(Registry, TheSameOriginMayRegisterAgain) {
  registerDriver("own", ownFactory(), {.origin = "/opt/own.so", .logger = logger()});
  EXPECT_NO_THROW(
      registerDriver("own", ownFactory(), {.origin = "/opt/own.so", .logger = logger()}));
  EXPECT_TRUE(lines_.empty());
  EXPECT_THROW(registerDriver("own", ownFactory(), {.origin = "/opt/other.so"}), ConfigError);
}

TEST_F(Registry, AnOverrideIsToldInTheLog) {
  const RegisterOptions options{.onDuplicate = OnDuplicate::Replace, .logger = logger()};
  registerDriver("mock", ownFactory(), options);
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_THAT(lines_[0], HasSubstr("replaced"));
  EXPECT_THAT(lines_[0], HasSubstr("scheme=mock"));
  registerDriver("own", ownFactory(), options);
  EXPECT_EQ(lines_.size(), 1U);
  registerDriver("own", ownFactory(), options);
  EXPECT_EQ(lines_.size(), 2U);
}

TEST_F(Registry, TakesAllSchemesOfADriverOrNone) {
  const std::vector<std::string> schemes{"own", "a+b-c.d1", "mock"};
  EXPECT_THROW(registerDriver(schemes, ownFactory()), ConfigError);
  EXPECT_THAT(driverSchemes(), Not(Contains("own")));
  registerDriver(schemes, ownFactory(), {.onDuplicate = OnDuplicate::Replace});
  for (const std::string& scheme : schemes) EXPECT_TRUE(isOwn(scheme)) << scheme;
  EXPECT_THROW(registerDriver(std::vector<std::string>{}, ownFactory()), ConfigError);
}

TEST_F(Registry, UnregisteringBringsTheBuiltInBack) {
  registerDriver("mock", ownFactory(), {.onDuplicate = OnDuplicate::Replace});
  EXPECT_TRUE(isOwn("mock"));
  EXPECT_TRUE(hasDriver("mock"));
  EXPECT_TRUE(unregisterDriver("mock"));
  EXPECT_FALSE(isOwn("mock"));
  EXPECT_EQ(makeDriver("mock")->dialect().name(), "mock");
  EXPECT_FALSE(unregisterDriver("mock"));
}

TEST_F(Registry, AnOverrideMayWrapWhatItReplaces) {
  const auto wrapped = makeDriver("mock");
  const auto wrapping = [] {
    unregisterDriver("mock");
    return makeDriver("mock");
  };
  registerDriver("mock", wrapping, {.onDuplicate = OnDuplicate::Replace});
  EXPECT_EQ(makeDriver("mock")->dialect().name(), "mock");
}

TEST_F(Registry, AnUnknownSchemeNamesTheNearestAndAll) {
  try {
    (void)makeDriver("mokc");
    FAIL() << "an unknown scheme was taken";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"mokc\""));
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"mock\""));
    EXPECT_THAT(error.hint(), HasSubstr("mock"));
  }
}

TEST_F(Registry, RefusesWhatIsNoSchemeAndWhatMakesNothing) {
  for (const char* scheme : {"", "1a", "a b", "a/b", "+a", "\xc3\xa4"}) {
    EXPECT_THROW(registerDriver(scheme, ownFactory()), ConfigError) << scheme;
  }
  EXPECT_NO_THROW(registerDriver("a+b-c.d1", ownFactory()));
  EXPECT_THROW(registerDriver("own", DriverFactory()), ConfigError);
  EXPECT_FALSE(hasDriver("own"));
  registerDriver("own", [] { return std::unique_ptr<Driver>(); });
  EXPECT_THROW((void)makeDriver("own"), ConfigError);
}

}  // namespace
}  // namespace sonde
