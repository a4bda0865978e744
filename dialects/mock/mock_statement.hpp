// A statement of the mock driver. Used by its connection.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../statement.hpp"
#include "mock_database.hpp"

namespace sonde {

class MockConnection;

/// See Statement. Must not outlive its connection.
class MockStatement : public Statement {
 public:
  MockStatement(MockConnection& connection, std::string sql);

  void bind(Args args) override;
  [[nodiscard]] const Cell* step() override;
  [[nodiscard]] BlockPtr fetch(std::size_t maxRows, std::size_t maxBytes) override;
  std::uint64_t run() override;
  [[nodiscard]] const std::shared_ptr<const Columns>& columns() override { return columns_; }
  void reset() noexcept override;
  [[nodiscard]] bool readOnly() const noexcept override { return readOnly_; }
  [[nodiscard]] std::size_t parameterCount() const noexcept override { return parameters_; }
  [[nodiscard]] bool takeSchemaChanged() noexcept override;

 private:
  void start();
  [[nodiscard]] Cell cell(const Value& value, std::size_t column);

  MockConnection& connection_;
  std::string sql_;
  std::size_t parameters_ = 0;
  bool readOnly_ = false;
  std::uint64_t schemaCounter_;
  std::vector<Value> args_;
  std::shared_ptr<const MockReply> reply_;  // set while the statement runs
  std::size_t nextRow_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::string> documents_;  // JSON of the arrays and objects of the row
  std::shared_ptr<const Columns> columns_;
};

}  // namespace sonde
