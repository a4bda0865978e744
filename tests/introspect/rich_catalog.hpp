// A catalog that uses every part of the model, for the tests of its outputs.
#pragma once

#include "catalog_maker.hpp"

namespace sonde::test {

inline Column emailColumn() {
  Column email;
  email.name = "email";
  email.position = 2;
  email.declaredType = "VARCHAR(255)";
  email.type = Type::Text;
  email.length = 255;
  email.nullable = false;
  email.defaultValue = ColumnDefault{ColumnDefault::Kind::Literal, "'none'"};
  email.collation = "NOCASE";
  email.comment = "where to write";
  return email;
}

inline Table richUsers() {
  TableMaker maker("users");
  maker.columns({"id"}).key({"id"}).index("users_email", {"email"}, true);
  Table& users = maker.raw();
  users.comment = "who may log in";
  users.rowEstimate = 123;
  users.strict = true;
  users.columns[0].autoIncrement = true;
  users.columns[0].nullable = false;
  users.columns[0].rowidAlias = true;
  users.columns.push_back(emailColumn());
  users.primaryKey->name = "users_pk";
  users.implicitKey = "rowid";
  users.uniqueConstraints.push_back({"users_email_key", {"email"}, true});
  users.indexes[0].origin = "unique";
  Index expression;
  expression.name = "users_lower";
  expression.parts.resize(2);
  expression.parts[0].expression = "lower(email)";
  expression.parts[0].descending = true;
  expression.parts[0].nullsFirst = false;
  expression.parts[0].collation = "C";
  expression.parts[0].opclass = "text_pattern_ops";
  expression.parts[1].column = "id";
  expression.parts[1].prefixLength = 10;
  expression.include = {"email"};
  expression.where = "id > 0";
  expression.method = "gist";
  expression.valid = false;
  expression.nullsNotDistinct = true;
  users.indexes.push_back(expression);
  users.checks.push_back({"users_check", "email <> ''"});
  users.exclusions.push_back({"users_excl", "EXCLUDE (id WITH =)"});
  Trigger touch;
  touch.name = "users_touch";
  touch.timing = "AFTER";
  touch.events = {"INSERT", "UPDATE"};
  touch.columns = {"email"};
  touch.definition = "CREATE TRIGGER …";
  users.triggers.push_back(touch);
  return maker;
}

inline Table richPosts() {
  TableMaker maker("posts");
  maker.columns({"id", "author_id", "twice", "mood", "tags"}).key({"id"});
  maker.references({"author_id"}, "users").references({"author_id"}, "gone", {"id"});
  Table& posts = maker.raw();
  posts.withoutRowid = true;
  posts.partitionOf = "all_posts";
  ForeignKey& key = posts.foreignKeys[0];
  key.name = "posts_author";
  key.onDelete = ReferentialAction::SetNull;
  key.onUpdate = ReferentialAction::Cascade;
  key.deferrable = true;
  key.initiallyDeferred = true;
  key.match = "FULL";
  key.setNullColumns = {"author_id"};
  key.validated = false;
  Column& twice = posts.columns[2];
  twice.generated = Generated::Stored;
  twice.generatedExpression = "id * 2";
  Column& mood = posts.columns[3];
  mood.declaredType = "mood";
  mood.type = Type::Enum;
  mood.enumValues = {"sad", "o'k"};
  mood.domain = "moods";
  mood.defaultValue = ColumnDefault{ColumnDefault::Kind::Expression, "pick()"};
  mood.identity = Identity::ByDefault;
  Column& tags = posts.columns[4];
  tags.declaredType = "numeric(10,2)[]";
  tags.type = Type::Array;
  tags.elementType = Type::Decimal;
  tags.precision = 10;
  tags.scale = 2;
  tags.isUnsigned = true;
  return maker;
}

inline Catalog richCatalog() {
  TableMaker view("recent");
  view.kind(TableKind::View);
  view.raw().error = "no such column: gone";
  view.raw().definition = "SELECT gone\nFROM posts";
  Catalog catalog = catalogOf({richUsers(), richPosts(), view});
  catalog.enums.push_back({"main", "mood", {"sad", "o'k"}});
  Domain domain;
  domain.schema = "main";
  domain.name = "moods";
  domain.declaredType = "mood";
  domain.nullable = false;
  domain.defaultValue = ColumnDefault{ColumnDefault::Kind::Literal, "'sad'"};
  domain.checks.push_back({std::nullopt, "VALUE <> 'bad'"});
  catalog.domains.push_back(domain);
  catalog.sequences.push_back({"main", "users_id_seq", "users.id"});
  return catalog;
}

}  // namespace sonde::test
