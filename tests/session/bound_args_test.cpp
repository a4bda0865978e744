#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <sonde/core/error.hpp>
#include <sonde/session/bound_args.hpp>

namespace sonde {
namespace {

// Only what binding asks of a compiler.
class MarkingCompiler final : public SqlCompiler {
 public:
  [[nodiscard]] const Capabilities& capabilities() const noexcept override { return none_; }
  [[nodiscard]] std::string bindPattern(query::BindTransform transform, bool ignoreCase,
                                        std::string_view text) const override {
    return std::to_string(static_cast<int>(transform)) + (ignoreCase ? "i:" : ":") +
           std::string(text);
  }

 private:
  Capabilities none_;
};

class BoundArgsTest : public testing::Test {
 protected:
  Args resolve(const std::vector<Arg>& args) {
    return bound_.resolve(plan_, args, context_, compiler_);
  }
  void slot(std::uint32_t index, query::BindTransform transform = query::BindTransform::None,
            bool ignoreCase = false) {
    query::Slot made;
    made.index = index;
    made.transform = transform;
    made.ignoreCase = ignoreCase;
    plan_.slots.push_back(made);
  }

  query::Plan plan_;
  Context context_;
  MarkingCompiler compiler_;
  BoundArgs bound_;
};

TEST_F(BoundArgsTest, PutsArgumentsAndConstantsWhereThePlanSays) {
  plan_.constants = {Value(7), Value("seven")};
  slot(1);
  slot(0);
  slot(1);
  plan_.slots.push_back({query::Slot::Kind::Constant, {}, false, 1, {}});
  const Args args = resolve({1, "two"});
  ASSERT_EQ(args.size(), 4U);
  EXPECT_EQ(args[0].text(), "two");
  EXPECT_EQ(args[1].integer(), 1);
  EXPECT_EQ(args[2].text(), "two");
  EXPECT_EQ(args[3].text(), "seven");
}

TEST_F(BoundArgsTest, TakesClaimsFromTheContextAndRefusesToGoWithout) {
  query::Slot claim;
  claim.kind = query::Slot::Kind::Claim;
  claim.claim = "tenant";
  plan_.slots.push_back(claim);
  try {
    static_cast<void>(resolve({}));
    FAIL() << "no error";
  } catch (const AuthorizationError& error) {
    EXPECT_NE(std::string(error.what()).find("tenant"), std::string::npos);
  }
  context_.claim("tenant", 12);
  EXPECT_EQ(resolve({})[0].integer(), 12);
}

TEST_F(BoundArgsTest, MakesPatternsAndJsonLists) {
  slot(0, query::BindTransform::Contains, true);
  slot(1, query::BindTransform::List);
  slot(2, query::BindTransform::StartsWith);
  const std::vector<Value> list{Value(1), Value("a\"b"), Value()};
  const Args args = resolve({"x", list, nullptr});
  EXPECT_EQ(args[0].text(),
            std::to_string(static_cast<int>(query::BindTransform::Contains)) + "i:x");
  EXPECT_EQ(args[1].text(), R"([1,"a\"b"])");
  EXPECT_TRUE(args[2].isNull());
}

TEST_F(BoundArgsTest, RefusesWhatAPatternOrListCannotBe) {
  slot(0, query::BindTransform::Like);
  EXPECT_THROW(static_cast<void>(resolve({true})), ValidationError);
  plan_.slots.clear();
  slot(0, query::BindTransform::List);
  EXPECT_THROW(static_cast<void>(resolve({5})), ValidationError);
  EXPECT_THROW(static_cast<void>(resolve({})), ValidationError);
}

TEST_F(BoundArgsTest, ManyPlaceholdersKeepTheirTexts) {
  std::vector<std::string> given;
  std::vector<Arg> args;
  for (std::uint32_t i = 0; i < 100; ++i) {
    given.push_back(std::to_string(i));
    slot(i, query::BindTransform::EndsWith);
  }
  for (const std::string& text : given) args.emplace_back(text);
  const Args out = resolve(args);
  ASSERT_EQ(out.size(), 100U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_TRUE(out[i].text().ends_with(":" + given[i])) << out[i].text();
  }
}

}  // namespace
}  // namespace sonde
