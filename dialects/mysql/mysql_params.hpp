// The parameters of a prepared statement as libmariadb takes them.
//
// Invariant: texts and blobs are bound where the caller has them; what has to be written anew (a
// document as JSON, an instant in UTC) is kept here until clear(). Used by statements and by the
// bulk insert.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "../../core/arg.hpp"

struct st_mysql_stmt;

namespace sonde {

/// See the file comment.
class MysqlParams {
 public:
  MysqlParams() noexcept;
  ~MysqlParams();
  MysqlParams(const MysqlParams&) = delete;
  MysqlParams& operator=(const MysqlParams&) = delete;

  /// Takes the arguments. @throws ValidationError for what the engine cannot hold: NaN, infinities
  /// and lists.
  void bind(Args args, std::string_view sql);
  /// Gives them to a statement with as many placeholders. @return Whether it took them.
  [[nodiscard]] bool apply(st_mysql_stmt* statement) noexcept;
  /// Forgets what was written anew.
  void clear() noexcept;

 private:
  struct Binds;
  void bindOne(std::size_t index, const Arg& arg, std::string_view sql);
  void bindText(std::size_t index, std::string_view text) noexcept;

  std::unique_ptr<Binds> binds_;
  std::deque<std::string> texts_;  // never moves what it holds
};

}  // namespace sonde
