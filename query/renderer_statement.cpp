// The statements of the renderer; expressions are in renderer.cpp.
#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "renderer.hpp"

namespace sonde::query {

void Renderer::statement(const Select& query) {
  plan_.returnsRows = true;
  select(query, false);
}

void Renderer::select(const Select& query, bool nested) {
  if (query.sources.empty()) throw Unsupported("a select needs at least one table");
  pushSelectScope(query, nested);
  sql(query.distinct ? "SELECT DISTINCT " : "SELECT ");
  items(query);
  from(query);
  where(query.where);
  if (!query.groupBy.empty()) sql(" GROUP BY ").list(query.groupBy);
  if (query.having) sql(" HAVING ").expr(query.having);
  for (std::size_t i = 0; i < query.orderBy.size(); ++i) {
    sql(i == 0 ? " ORDER BY " : ", ");
    compiler_->renderOrderItem(*this, query.orderBy[i]);
  }
  if (query.limit || query.offset) compiler_->renderLimit(*this, query);
  scopes_.pop_back();
}

void Renderer::items(const Select& query) {
  if (query.items.empty()) {
    sql("1");
    return;
  }
  for (std::size_t i = 0; i < query.items.size(); ++i) {
    if (i != 0) sql(", ");
    item(query.items[i]);
  }
}

void Renderer::item(const SelectItem& item) {
  expr(item.expr);
  if (!item.alias.empty()) sql(" AS ").identifier(item.alias);
}

void Renderer::from(const Select& query) {
  for (std::size_t i = 0; i < query.sources.size(); ++i) {
    const Source& source = query.sources[i];
    if (i == 0) {
      sql(" FROM ");
    } else {
      sql(source.join == JoinKind::Left ? " LEFT JOIN " : " JOIN ");
    }
    compiler_->renderTable(*this, *source.table);
    touch(*source.table, false);
    const std::string& alias = scopes_.back().sources[i].alias;
    if (alias != source.table->name) sql(" AS ").identifier(alias);
    if (i == 0) continue;
    // A join without a condition is every pair; standard SQL wants the ON all the same.
    if (source.on) {
      sql(" ON ").expr(source.on);
    } else {
      sql(" ON 1 = 1");
    }
  }
}

void Renderer::where(const ExprPtr& condition) {
  if (condition) sql(" WHERE ").expr(condition);
}

void Renderer::statement(const Insert& insert) {
  plan_.write = true;
  touch(*insert.table, true);
  pushTableScope(*insert.table);
  sql("INSERT INTO ");
  compiler_->renderTable(*this, *insert.table);
  if (insert.columns.empty()) {
    if (insert.rows.size() > 1) {
      throw Unsupported("several rows of nothing but defaults in one insert");
    }
    compiler_->renderDefaultValues(*this, insert);
  } else {
    sql(" (").identifiers(insert.columns).sql(") VALUES ");
    rows(insert);
  }
  if (insert.conflict) {
    scopes_.back().qualify = true;  // the new row has columns of the same names
    compiler_->renderConflict(*this, insert);
    scopes_.back().qualify = false;
  }
  returning(*insert.table, insert.returning, compiler_->capabilities().returning);
  scopes_.pop_back();
}

void Renderer::rows(const Insert& insert) {
  for (std::size_t r = 0; r < insert.rows.size(); ++r) {
    const std::vector<ExprPtr>& row = insert.rows[r];
    if (row.size() != insert.columns.size()) {
      throw ValidationError("row " + std::to_string(r) + " of the insert has " +
                            std::to_string(row.size()) + " values for " +
                            std::to_string(insert.columns.size()) + " columns");
    }
    sql(r == 0 ? "(" : ", (");
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c != 0) sql(", ");
      if (row[c]) {
        valueFor(row[c], insert.table->findColumn(insert.columns[c]));
      } else {
        compiler_->renderDefault(*this, *insert.table, insert.columns[c]);
      }
    }
    sql(")");
  }
}

void Renderer::statement(const Update& update) {
  if (update.set.empty()) throw ValidationError("an update needs at least one column to set");
  plan_.write = true;
  touch(*update.table, true);
  pushTableScope(*update.table);
  sql("UPDATE ");
  compiler_->renderTable(*this, *update.table);
  for (std::size_t i = 0; i < update.set.size(); ++i) {
    const Assignment& assignment = update.set[i];
    sql(i == 0 ? " SET " : ", ").identifier(assignment.column).sql(" = ");
    if (assignment.value) {
      valueFor(assignment.value, update.table->findColumn(assignment.column));
    } else {
      compiler_->renderDefault(*this, *update.table, assignment.column);
    }
  }
  where(update.where);
  const Capabilities& can = compiler_->capabilities();
  returning(*update.table, update.returning, can.returning && can.returningUpdate);
  scopes_.pop_back();
}

void Renderer::statement(const Delete& deletion) {
  plan_.write = true;
  touch(*deletion.table, true);
  pushTableScope(*deletion.table);
  sql("DELETE FROM ");
  compiler_->renderTable(*this, *deletion.table);
  where(deletion.where);
  returning(*deletion.table, deletion.returning, compiler_->capabilities().returning);
  scopes_.pop_back();
}

void Renderer::returning(const Table& table, const std::vector<SelectItem>& items, bool possible) {
  if (items.empty()) return;
  if (!possible) {
    throw Unsupported("the engine cannot return rows of " + quoteForMessage(table.name) +
                      " from a write");
  }
  plan_.returnsRows = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    sql(i == 0 ? " RETURNING " : ", ");
    item(items[i]);
  }
}

}  // namespace sonde::query
