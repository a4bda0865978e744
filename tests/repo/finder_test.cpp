// Finders by name on a real database.
#include "repo_fixture.hpp"

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Finders : public RepositoryTest {
 protected:
  Repository users = made(std::string(kUsers) + kPeople, "users");

  template <class... A>
  std::vector<std::string> found(std::string_view name, const A&... arguments) {
    return texts(users.call(std::string(name) + "OrderById", arguments...).rows(), "id");
  }
};

TEST_F(Finders, AnswerEveryKeyword) {
  EXPECT_THAT(found("findByName", "Ada"), ElementsAre("1"));
  EXPECT_THAT(found("findByNameNot", "Ada"), ElementsAre("2", "3", "4"));
  EXPECT_THAT(found("findByAgeLessThan", 45), ElementsAre("1"));
  EXPECT_THAT(found("findByAgeLessThanEqual", 45), ElementsAre("1", "2"));
  EXPECT_THAT(found("findByAgeGreaterThan", 45), ElementsAre("3"));
  EXPECT_THAT(found("findByAgeGreaterThanEqual", 45), ElementsAre("2", "3"));
  EXPECT_THAT(found("findByCreatedAtBefore", "2024-01-03"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(found("findByCreatedAtAfter", "2024-01-03"), IsEmpty());
  EXPECT_THAT(found("findByAgeBetween", 36, 45), ElementsAre("1", "2"));
  EXPECT_THAT(found("findByAgeIsNull"), ElementsAre("4"));
  EXPECT_THAT(found("findByAgeNotNull"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(found("findByNameLike", "%d%"), ElementsAre("1", "3"));
  EXPECT_THAT(found("findByNameNotLike", "%d%"), ElementsAre("2", "4"));
  EXPECT_THAT(found("findByNameStartingWith", "G"), ElementsAre("2"));
  EXPECT_THAT(found("findByNameEndingWith", "n"), ElementsAre("4"));
  EXPECT_THAT(found("findByNameContaining", "d"), ElementsAre("1", "3"));
  EXPECT_THAT(found("findByNameNotContaining", "d"), ElementsAre("2", "4"));
  EXPECT_THAT(found("findByNameContainingIgnoreCase", "E"), ElementsAre("2", "3"));
  EXPECT_THAT(found("findByNameIgnoreCase", "aDa"), ElementsAre("1"));
  EXPECT_THAT(found("findByAgeIn", std::vector<Value>{36, 72}), ElementsAre("1", "3"));
  EXPECT_THAT(found("findByAgeNotIn", std::vector<Value>{36, 72}), ElementsAre("2"));
  EXPECT_THAT(found("findByAgeIn", Value::array({36})), ElementsAre("1"));
  EXPECT_THAT(found("findByAgeIn", std::vector<Value>{}), IsEmpty());
  EXPECT_THAT(found("findByActiveTrue"), ElementsAre("1", "2", "4"));
  EXPECT_THAT(found("findByActiveFalse"), ElementsAre("3"));
}

TEST_F(Finders, BindArgumentsInTheOrderOfTheName) {
  EXPECT_THAT(found("findByActiveTrueAndAgeBetweenOrNameAndActiveFalse", 30, 40, "Edsger"),
              ElementsAre("1", "3"));
  EXPECT_THAT(found("findByNameOrEmailAndAge", "Lin", "ada@example.org", 36),
              ElementsAre("1", "4"));
}

TEST_F(Finders, TakeNullForIsNull) {
  EXPECT_THAT(found("findByEmail", nullptr), ElementsAre("4"));
  EXPECT_THAT(found("findByEmailNot", nullptr), ElementsAre("1", "2", "3"));
  EXPECT_THAT(found("findByEmail", "ada@example.org"), ElementsAre("1"));
  EXPECT_THAT(found("findByEmailAndAge", nullptr, nullptr), ElementsAre("4"));
  EXPECT_THAT(found("findByEmailOrAge", nullptr, 36), ElementsAre("1", "4"));
  EXPECT_THAT(found("findByAgeGreaterThan", nullptr), IsEmpty());
  EXPECT_THAT(found("findByNameContaining", nullptr), IsEmpty());
  EXPECT_THAT(found("findByEmail", std::optional<std::string>()), ElementsAre("4"));
}

TEST_F(Finders, EscapeWhatTheySearchFor) {
  users.insert({{"name", "100%_\\*?["}});
  EXPECT_THAT(found("findByNameContaining", "%"), ElementsAre("5"));
  EXPECT_THAT(found("findByNameContaining", "_"), ElementsAre("5"));
  EXPECT_THAT(found("findByNameContaining", "\\"), ElementsAre("5"));
  EXPECT_THAT(found("findByNameContaining", "*"), ElementsAre("5"));
  EXPECT_THAT(found("findByNameEndingWith", "?["), ElementsAre("5"));
  EXPECT_THAT(found("findByNameContaining", "' OR 1=1 --"), IsEmpty());
}

TEST_F(Finders, GiveTheShapeTheirNameAsksFor) {
  EXPECT_EQ((*users.call("findOneByEmail", "ada@example.org").row())["id"].as<int>(), 1);
  EXPECT_FALSE(users.call("findOneByEmail", "x").row());
  EXPECT_EQ((*users.call("findFirstByActiveTrueOrderByAgeDesc").row())["id"].as<int>(), 2);
  EXPECT_THAT(texts(users.call("findTop2ByActiveTrueOrderByIdDesc").rows(), "id"),
              ElementsAre("4", "2"));
  EXPECT_EQ((*users.call("getOneByName", "Ada").row())["id"].as<int>(), 1);
  EXPECT_THROW(users.call("getOneByName", "X"), NotFound);
  EXPECT_THROW(users.call("getOneByActiveTrue"), NotUnique);
  EXPECT_EQ(users.call("countByActiveTrue").count(), 3U);
  EXPECT_EQ(users.call("count").count(), 4U);
  EXPECT_TRUE(users.call("existsByName", "Ada").exists());
  EXPECT_FALSE(users.call("existsByName", "X").exists());
  EXPECT_EQ(users.call("deleteByActiveFalse").affected(), 1U);
  EXPECT_EQ(users.call("findAll").rows().size(), 3U);
}

TEST_F(Finders, SayWhichResultToAskFor) {
  const FinderResult result = users.call("countByActiveTrue");
  EXPECT_THAT(messageOf<ValidationError>([&] { (void)result.rows(); }), HasSubstr("count()"));
  EXPECT_THROW((void)result.row(), ValidationError);
  EXPECT_THROW((void)result.exists(), ValidationError);
  EXPECT_THROW((void)result.affected(), ValidationError);
  EXPECT_THROW((void)result.begin(), ValidationError);
  EXPECT_THROW((void)users.call("findAll").count(), ValidationError);
}

TEST_F(Finders, RefuseWrongArgumentsBeforeAnySql) {
  EXPECT_THAT(messageOf<ValidationError>([&] { users.call("findByName"); }),
              HasSubstr("takes 1 argument, got 0"));
  EXPECT_THROW(users.call("findByAgeBetween", 1), ValidationError);
  EXPECT_THROW(users.call("findByAgeIsNull", 1), ValidationError);
  EXPECT_THROW(users.call("findByAgeIn", 1), ValidationError);
  EXPECT_THROW(users.call("findByAge", std::vector<Value>{1}), ValidationError);
  EXPECT_THROW(users.call("findByNameContaining", 1), ValidationError);
  EXPECT_THROW(users.call("deleteByName"), ValidationError);
  EXPECT_EQ(users.count(), 4U);
}

TEST_F(Finders, CanBeKeptAndIterated) {
  const Finder byName = users.finder("findManyByNameContainingIgnoreCaseOrderByAgeDesc");
  EXPECT_EQ(byName.argumentCount(), 1U);
  std::vector<std::string> names;
  for (const auto& row : byName("A")) names.emplace_back(row["name"].text());
  EXPECT_THAT(names, ElementsAre("Grace", "Ada"));
  EXPECT_THROW((void)users.finder("findByNmae"), SchemaError);
}

TEST_F(Finders, GiveRowsThatOutliveATemporaryResult) {
  static_assert(!std::is_reference_v<decltype(std::declval<FinderResult>().rows())>);
  static_assert(!std::is_reference_v<decltype(std::declval<FinderResult>().row())>);
  std::vector<std::string> names;
  for (const auto& row : users.call("findManyByNameContainingIgnoreCaseOrderByAgeDesc", "A").rows())
    names.emplace_back(row["name"].text());
  EXPECT_THAT(names, ElementsAre("Grace", "Ada"));
}

TEST_F(Finders, FollowSchemaChanges) {
  const Finder byName = users.finder("findOneByName");
  EXPECT_EQ(byName("Ada").row()->size(), 6U);
  run("ALTER TABLE users ADD COLUMN city TEXT");
  EXPECT_EQ(byName("Ada").row()->size(), 7U);
  EXPECT_THAT(users.call("findByCityIsNull").rows().size(), 4U);
}

TEST_F(Finders, WorkWithVeryLongLists) {
  std::vector<Value> ids;
  for (int i = 0; i < 5'000; ++i) ids.emplace_back(i);
  EXPECT_EQ(users.call("countByIdIn", ids).count(), 4U);
  EXPECT_EQ(users.count({{"id", notIn(ids)}}), 0U);
}

TEST_F(Finders, GiveATypedErrorForNamesTheEngineCannotTake) {
  std::string name = "findByName";
  std::vector<Arg> args{Arg("Ada")};
  while (name.size() < 10'000) {
    name += "OrName";
    args.emplace_back("Ada");
  }
  try {
    EXPECT_EQ(users.callWith(name, args).rows().size(), 1U);
  } catch (const Error&) {
    // The engine may refuse the depth; what matters is that it says so.
  }
  EXPECT_EQ(users.count(), 4U);
}

}  // namespace
}  // namespace sonde
