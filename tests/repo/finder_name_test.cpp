// The grammar of finder names, without a database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include <sonde/core/error.hpp>
#include <sonde/repo/finder_name.hpp>

namespace sonde::repo {
namespace {

Table tableOf(const std::vector<std::string>& columns) {
  Table table;
  table.schema = "main";
  table.name = "people";
  table.ignoreCase = true;
  for (const std::string& name : columns) {
    Column column;
    column.name = name;
    column.type = name == "age" || name == "active" ? Type::Integer : Type::Text;
    column.position = static_cast<int>(table.columns.size()) + 1;
    table.columns.push_back(column);
  }
  return table;
}

const Table& people() {
  static const Table table =
      tableOf({"id", "name", "email", "age", "active", "created_at", "organization", "order",
               "order_by", "in_stock", "is_null", "a1", "address2", "firstName", "x", "größe"});
  return table;
}

const char* opName(FinderOp op) {
  switch (op) {
    case FinderOp::Equals:
      return "=";
    case FinderOp::NotEquals:
      return "<>";
    case FinderOp::LessThan:
      return "<";
    case FinderOp::LessThanEqual:
      return "<=";
    case FinderOp::GreaterThan:
      return ">";
    case FinderOp::GreaterThanEqual:
      return ">=";
    case FinderOp::Between:
      return "between";
    case FinderOp::IsNull:
      return "null";
    case FinderOp::IsNotNull:
      return "notnull";
    case FinderOp::Like:
      return "like";
    case FinderOp::NotLike:
      return "notlike";
    case FinderOp::StartsWith:
      return "starts";
    case FinderOp::EndsWith:
      return "ends";
    case FinderOp::Contains:
      return "contains";
    case FinderOp::NotContains:
      return "notcontains";
    case FinderOp::In:
      return "in";
    case FinderOp::NotIn:
      return "notin";
    case FinderOp::True:
      return "true";
    case FinderOp::False:
      return "false";
  }
  return "?";
}

const char* shapeName(FinderShape shape) {
  switch (shape) {
    case FinderShape::Rows:
      return "rows";
    case FinderShape::Row:
      return "row";
    case FinderShape::OnlyRow:
      return "only";
    case FinderShape::Count:
      return "count";
    case FinderShape::Exists:
      return "exists";
    case FinderShape::Affected:
      return "affected";
  }
  return "?";
}

// The meaning of a name in one line, such as "rows distinct 3: name contains~ or age > ; -age".
std::string said(std::string_view name, const Table& table = people()) {
  const FinderSpec spec = parseFinder(name, table);
  std::string out = shapeName(spec.shape);
  if (spec.distinct) out += " distinct";
  if (spec.limit) out += " " + std::to_string(*spec.limit);
  out += ":";
  for (std::size_t i = 0; i < spec.anyOf.size(); ++i) {
    if (i != 0) out += " or";
    for (std::size_t j = 0; j < spec.anyOf[i].size(); ++j) {
      const FinderTest& test = spec.anyOf[i][j];
      if (j != 0) out += " and";
      out += " " + table.columns[test.column].name + " " + opName(test.op);
      if (test.ignoreCase) out += "~";
    }
  }
  if (!spec.orderBy.empty()) out += " ;";
  for (const FinderOrder& order : spec.orderBy) {
    out += std::string(" ") + (order.descending ? "-" : "+") + table.columns[order.column].name;
  }
  return out;
}

// The message of the error for a name; empty when there was none.
std::string error(std::string_view name, const Table& table = people()) {
  try {
    (void)parseFinder(name, table);
  } catch (const SchemaError& refused) {
    return refused.what();
  }
  return {};
}

std::vector<std::string> suggested(std::string_view name, const Table& table = people()) {
  try {
    (void)parseFinder(name, table);
  } catch (const SchemaError& refused) {
    return refused.suggestions();
  }
  return {};
}

struct Case {
  const char* name;
  const char* meaning;
};

class FinderNames : public testing::TestWithParam<Case> {};

TEST_P(FinderNames, MeanWhatTheySay) { EXPECT_EQ(said(GetParam().name), GetParam().meaning); }

INSTANTIATE_TEST_SUITE_P(
    Verbs, FinderNames,
    testing::Values(Case{"findByName", "rows: name ="}, Case{"findManyByName", "rows: name ="},
                    Case{"findAllByName", "rows: name ="}, Case{"readByName", "rows: name ="},
                    Case{"queryByName", "rows: name ="}, Case{"searchByName", "rows: name ="},
                    Case{"streamByName", "rows: name ="}, Case{"getByName", "rows: name ="},
                    Case{"findOneByName", "row: name ="}, Case{"getOneByName", "only: name ="},
                    Case{"findFirstByName", "row: name ="}, Case{"getFirstByName", "row: name ="},
                    Case{"findTopByName", "row: name ="},
                    Case{"findFirst3ByName", "rows 3: name ="},
                    Case{"findTop10ByName", "rows 10: name ="},
                    Case{"findDistinctByName", "rows distinct: name ="},
                    Case{"findDistinctTop2ByName", "rows distinct 2: name ="},
                    Case{"countByName", "count: name ="}, Case{"existsByName", "exists: name ="},
                    Case{"deleteByName", "affected: name ="},
                    Case{"removeAllByName", "affected: name ="}, Case{"findAll", "rows:"},
                    Case{"count", "count:"}, Case{"exists", "exists:"}, Case{"find", "rows:"},
                    Case{"findAllOrderByName", "rows: ; +name"},
                    Case{"findAllByOrderByNameDesc", "rows: ; -name"},
                    Case{"findFirst5OrderByAgeDesc", "rows 5: ; -age"}));

INSTANTIATE_TEST_SUITE_P(
    Keywords, FinderNames,
    testing::Values(
        Case{"findByNameIs", "rows: name ="}, Case{"findByNameEquals", "rows: name ="},
        Case{"findByNameNot", "rows: name <>"}, Case{"findByNameIsNot", "rows: name <>"},
        Case{"findByAgeLessThan", "rows: age <"}, Case{"findByAgeIsLessThan", "rows: age <"},
        Case{"findByAgeLessThanEqual", "rows: age <="}, Case{"findByAgeGreaterThan", "rows: age >"},
        Case{"findByAgeIsGreaterThanEqual", "rows: age >="},
        Case{"findByCreatedAtBefore", "rows: created_at <"},
        Case{"findByCreatedAtIsAfter", "rows: created_at >"},
        Case{"findByAgeBetween", "rows: age between"}, Case{"findByNameNull", "rows: name null"},
        Case{"findByNameIsNull", "rows: name null"},
        Case{"findByNameNotNull", "rows: name notnull"},
        Case{"findByNameIsNotNull", "rows: name notnull"},
        Case{"findByNameLike", "rows: name like"}, Case{"findByNameNotLike", "rows: name notlike"},
        Case{"findByNameStartingWith", "rows: name starts"},
        Case{"findByNameStartsWith", "rows: name starts"},
        Case{"findByNameEndingWith", "rows: name ends"},
        Case{"findByNameEndsWith", "rows: name ends"},
        Case{"findByNameContaining", "rows: name contains"},
        Case{"findByNameIsContaining", "rows: name contains"},
        Case{"findByNameContains", "rows: name contains"},
        Case{"findByNameNotContaining", "rows: name notcontains"},
        Case{"findByAgeIn", "rows: age in"}, Case{"findByAgeIsNotIn", "rows: age notin"},
        Case{"findByActiveTrue", "rows: active true"},
        Case{"findByActiveIsFalse", "rows: active false"},
        Case{"findByNameIgnoreCase", "rows: name =~"},
        Case{"findByNameContainingIgnoringCase", "rows: name contains~"}));

INSTANTIATE_TEST_SUITE_P(
    Links, FinderNames,
    testing::Values(Case{"findByNameAndAge", "rows: name = and age ="},
                    Case{"findByNameOrAge", "rows: name = or age ="},
                    Case{"findByNameAndAgeOrEmailAndX",
                         "rows: name = and age = or email = and x ="},
                    Case{"findByNameOrEmailAllIgnoreCase", "rows: name =~ or email =~"},
                    Case{"findByNameAndAgeAllIgnoreCase", "rows: name =~ and age ="},
                    Case{"findByNameInAndAgeBetweenOrderByAgeDescNameAsc",
                         "rows: name in and age between ; -age +name"},
                    Case{"findByNameOrderByAgeName", "rows: name = ; +age +name"},
                    Case{"findByNameAllIgnoreCaseOrderByName", "rows: name =~ ; +name"}));

// Cases that cut at keywords elsewhere (Spring Data #842, #1211, #1036).
INSTANTIATE_TEST_SUITE_P(
    KeywordsInsideNames, FinderNames,
    testing::Values(
        Case{"findByOrganization", "rows: organization ="},
        Case{"findByNameOrOrganization", "rows: name = or organization ="},
        Case{"findByOrganizationOrName", "rows: organization = or name ="},
        Case{"findByOrder", "rows: order ="}, Case{"findByOrderBy", "rows: order_by ="},
        Case{"findByOrderByOrderByOrder", "rows: order_by = ; +order"},
        Case{"findByOrderByName", "rows: ; +name"},
        Case{"findByOrderOrderByOrderByDesc", "rows: order = ; -order_by"},
        Case{"findByInStock", "rows: in_stock ="}, Case{"findByInStockIn", "rows: in_stock in"},
        Case{"findByIsNull", "rows: is_null ="}, Case{"findByIsNullIsNull", "rows: is_null null"},
        Case{"findByA1", "rows: a1 ="}, Case{"findByAddress2AndA1", "rows: address2 = and a1 ="},
        Case{"findByFirstName", "rows: firstName ="},
        Case{"findFirstByFirstName", "row: firstName ="}, Case{"findByID", "rows: id ="},
        Case{"findByIDOrX", "rows: id = or x ="}, Case{"findByGröße", "rows: größe ="}));

INSTANTIATE_TEST_SUITE_P(
    SnakeCase, FinderNames,
    testing::Values(Case{"find_by_name", "rows: name ="},
                    Case{"find_one_by_created_at", "row: created_at ="},
                    Case{"find_first_3_by_name_or_age_greater_than", "rows 3: name = or age >"},
                    Case{"find_first3_by_first_name", "rows 3: firstName ="},
                    Case{"find_by_organization_or_in_stock_is_not_null",
                         "rows: organization = or in_stock notnull"},
                    Case{"find_all_by_name_ignore_case_order_by_created_at_desc",
                         "rows: name =~ ; -created_at"},
                    Case{"count_by_a1", "count: a1 ="}));

TEST(FinderName, NumbersArgumentsInOrder) {
  const FinderSpec spec =
      parseFinder("findByAgeBetweenAndNameIsNullAndEmailOrActiveTrueAndX", people());
  EXPECT_EQ(spec.argumentCount, 4U);
  EXPECT_EQ(spec.anyOf[0][0].argument, 0U);
  EXPECT_EQ(spec.anyOf[0][2].argument, 2U);
  EXPECT_EQ(spec.anyOf[1][1].argument, 3U);
}

TEST(FinderName, TakesTheLongestColumnThatLeadsToTheEnd) {
  const Table table = tableOf({"name", "name_in", "a", "a_or_b", "b"});
  EXPECT_EQ(said("findByNameIn", table), "rows: name_in =");
  EXPECT_EQ(said("findByNameInIn", table), "rows: name_in in");
  EXPECT_EQ(said("findByAOrB", table), "rows: a_or_b =");
  EXPECT_EQ(said("findByAOrBOrA", table), "rows: a_or_b = or a =");
}

TEST(FinderName, TellsColumnsApartThatDifferInUnderscoresOnly) {
  const Table table = tableOf({"user_id", "userid", "_id", "id"});
  EXPECT_EQ(said("findByUserId", table), "rows: user_id =");
  EXPECT_EQ(said("find_by_user_id", table), "rows: user_id =");
  EXPECT_EQ(said("findByUserid", table), "rows: userid =");
  EXPECT_EQ(said("find_by_userid", table), "rows: userid =");
  EXPECT_EQ(said("findById", table), "rows: id =");
  EXPECT_EQ(said("find_by__id", table), "rows: _id =");
}

TEST(FinderName, RefusesANameThatFitsTwoColumnsEquallyWell) {
  const Table table = tableOf({"userID", "USERid"});
  EXPECT_THAT(error("findByUserid", table), testing::HasSubstr("ambiguous"));
  EXPECT_THAT(suggested("findByUserid", table), testing::ElementsAre("userID", "USERid"));
}

TEST(FinderName, ReachesColumnsWithSpacesAndPunctuation) {
  const Table table = tableOf({"first name", "we\"ird", "net-worth ($)"});
  EXPECT_EQ(said("findByFirstNameAndWeird", table), "rows: first name = and we\"ird =");
  EXPECT_EQ(said("findByNetWorthGreaterThan", table), "rows: net-worth ($) >");
}

TEST(FinderName, SaysWhereAnUnknownColumnStandsAndWhatIsNear) {
  EXPECT_THAT(error("findByNmae"), testing::HasSubstr("\"Nmae\""));
  EXPECT_THAT(error("findByNmae"), testing::HasSubstr("position 7"));
  EXPECT_THAT(error("findByNmae"), testing::HasSubstr("did you mean \"name\""));
  EXPECT_THAT(error("findByNmae"), testing::HasSubstr("\"people\""));
  EXPECT_THAT(error("findByNameAndCraetedAtGreaterThan"), testing::HasSubstr("\"CraetedAt\""));
  EXPECT_THAT(suggested("findByNameAndCraetedAtGreaterThan"), testing::Contains("created_at"));
  EXPECT_THAT(suggested("findByNameOrderByAeg"), testing::Contains("age"));
}

TEST(FinderName, SaysWhichKeywordIsUnknownAndWhatIsNear) {
  EXPECT_THAT(error("findByNameContaning"), testing::HasSubstr("unknown keyword \"Contaning\""));
  EXPECT_THAT(suggested("findByNameContaning"), testing::Contains("Containing"));
  EXPECT_THAT(suggested("findByAgeGreaterThen"), testing::Contains("GreaterThan"));
  EXPECT_THAT(suggested("findByNameOrderByAgeDecs"), testing::Contains("Desc"));
  EXPECT_THAT(error("findByNameOrganizer"), testing::HasSubstr("unknown keyword"));
}

TEST(FinderName, SuggestsAVerbAndASubject) {
  EXPECT_THAT(suggested("fidnByName"), testing::Contains("find"));
  EXPECT_THAT(error("grabByName"), testing::HasSubstr("does not start with a verb"));
  EXPECT_THAT(suggested("findMayByName"), testing::Contains("Many"));
}

TEST(FinderName, RefusesWhatHasNoMeaning) {
  for (const char* name : {"",
                           "_",
                           "By",
                           "findBy",
                           "findByNameAnd",
                           "findByNameOr",
                           "findByAnd",
                           "findByNameOrderBy",
                           "findByNameAndAndAge",
                           "findOneManyByName",
                           "findFirst0ByName",
                           "findFirst2Top3ByName",
                           "findFirst1234567890ByName",
                           "countFirstByName",
                           "existsDistinctByName",
                           "deleteAll",
                           "deleteBy",
                           "countByNameOrderByName",
                           "findByAgeIgnoreCase",
                           "findByNameInIgnoreCase",
                           "findByNameIsNullIgnoreCase",
                           "findByName;",
                           "findByName ",
                           " findByName",
                           "findByName--",
                           "findByName\"",

                           "find_by_",
                           "_find_by_name",
                           "findbyname",
                           "findByName\n",
                           "find By Name",
                           "findByNameIgnoreCaseIgnoreCase"}) {
    EXPECT_FALSE(error(name).empty()) << name;
  }
  EXPECT_FALSE(error(std::string_view("findBy\0Name", 11)).empty());
}

TEST(FinderName, RefusesToDeleteEverything) {
  EXPECT_THAT(error("deleteAll"), testing::HasSubstr("everyRow"));
  EXPECT_THAT(error("remove"), testing::HasSubstr("everyRow"));
}

TEST(FinderName, KeepsHostileTextOutOfMessagesAsItIs) {
  const std::string message = error("findBy\x1b[31mX\n");
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(FinderName, RefusesMorePartsThanTheStackHasRoomFor) {
  std::string tests = "findByName";
  std::string orders = "findAllOrderByName";
  for (int i = 0; i < 20'000; ++i) {
    tests += "OrName";
    orders += "Name";
  }
  EXPECT_THAT(error(tests), testing::HasSubstr("more than 1500 comparisons"));
  EXPECT_THAT(error(orders), testing::HasSubstr("more than 1500 columns"));
}

TEST(FinderName, ReadsAnyNameOfTenThousandCharactersInBoundedTime) {
  std::vector<std::string> columns;
  for (int length = 1; length <= 400; ++length) {
    columns.push_back(std::string(static_cast<std::size_t>(length), 'a'));
  }
  const Table aaa = tableOf(columns);
  std::vector<std::string> names;
  std::string upper = "findBy";
  while (upper.size() < 9'990) upper += "A";
  names.push_back(upper);
  std::string ands = "findByName";
  while (ands.size() < 9'990) ands += "AndName";
  names.push_back(ands);
  names.push_back(ands + "Contaning");
  std::string ors = "find_by_name";
  while (ors.size() < 9'990) ors += "_or_order_by";
  names.push_back(ors);
  std::string orders = "findByOrderBy";
  while (orders.size() < 9'990) orders += "OrderBy";
  names.push_back(orders);
  names.push_back("findBy" + std::string(10'000, '_'));
  names.push_back(std::string(10'000, 'x'));
  names.push_back("findFirst" + std::string(10'000, '9') + "ByName");

  const auto start = std::chrono::steady_clock::now();
  for (const std::string& name : names) {
    (void)error(name);
    (void)error(name, aaa);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(error(ands), "");
  EXPECT_EQ(parseFinder(ands, people()).argumentCount, (ands.size() - 3) / 7);
  EXPECT_LT(error(upper).size(), 500U);
}

}  // namespace
}  // namespace sonde::repo
