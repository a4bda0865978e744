// Finders: queries that are spelled in their name, such as
// "findManyByNameContainingOrderByAgeDesc".
//
// Invariant: a Finder was checked against the schema and compiled when it was made; it follows
// schema changes by itself. A cheap handle; thread-safe where its executor is. Made by
// Repository::finder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../core/arg.hpp"
#include "../core/result_set.hpp"

namespace sonde {

namespace repo {
class Access;
struct FinderPlan;
}  // namespace repo

/// What a finder found or did. Its name decides which of the five it holds; asking for another
/// throws ValidationError saying which one to ask for.
class FinderResult {
 public:
  explicit FinderResult(ResultSet rows) noexcept : data_(std::move(rows)) {}
  explicit FinderResult(std::optional<Row> row) noexcept : data_(std::move(row)) {}
  [[nodiscard]] static FinderResult ofCount(std::uint64_t rows) {
    return FinderResult(Count{rows});
  }
  [[nodiscard]] static FinderResult ofExists(bool any) { return FinderResult(Found{any}); }
  [[nodiscard]] static FinderResult ofAffected(std::uint64_t rows) {
    return FinderResult(Affected{rows});
  }

  /// @return The rows of findManyBy…, findAllBy…, findFirst3By….
  [[nodiscard]] const ResultSet& rows() const&;
  /// The same of a temporary, by value: `for (auto row : users.call(…).rows())` must not outlive
  /// them.
  [[nodiscard]] ResultSet rows() && { return std::as_const(*this).rows(); }
  /// @return The row of findOneBy…, findFirstBy… (empty: none) and getOneBy….
  [[nodiscard]] const std::optional<Row>& row() const&;
  [[nodiscard]] std::optional<Row> row() && { return std::as_const(*this).row(); }
  /// @return The number of countBy….
  [[nodiscard]] std::uint64_t count() const;
  /// @return The answer of existsBy….
  [[nodiscard]] bool exists() const;
  /// @return The number of rows that deleteBy… removed.
  [[nodiscard]] std::uint64_t affected() const;

  /// Iterates over rows(); throws as it does.
  [[nodiscard]] RowIterator begin() const { return rows().begin(); }
  [[nodiscard]] RowIterator end() const { return rows().end(); }

 private:
  struct Count {
    std::uint64_t rows;
  };
  struct Found {
    bool any;
  };
  struct Affected {
    std::uint64_t rows;
  };
  using Data = std::variant<ResultSet, std::optional<Row>, Count, Found, Affected>;
  explicit FinderResult(Data data) noexcept : data_(std::move(data)) {}
  template <class T>
  [[nodiscard]] const T& get(std::string_view wanted) const;

  Data data_;
};

/// See the file comment.
class Finder {
 public:
  /// Runs the finder: one argument for each that its name asks for, a std::vector<Value> for `In`.
  /// @throws ValidationError when their number is wrong, before any SQL runs; NotFound and
  /// NotUnique for getOneBy…; what Executor throws.
  template <class... A>
  FinderResult operator()(const A&... arguments) const {
    const std::array<Arg, sizeof...(A)> args{Arg(arguments)...};
    return run(args);
  }
  /// The same with the arguments in a span.
  FinderResult run(Args args) const;

  /// Runs the finder once for each list of arguments, on one connection; Capabilities::pipeline
  /// sends them together. @return The result of each, in order. @throws As the first that fails.
  std::vector<FinderResult> each(std::span<const Args> batch) const;
  /// The same for a finder of one argument: `byEmail.each(emails)`.
  std::vector<FinderResult> each(std::span<const Value> arguments) const;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// @return How many arguments the name asks for.
  [[nodiscard]] std::size_t argumentCount() const noexcept;

 private:
  friend class Repository;
  Finder(std::shared_ptr<const repo::Access> access, std::string name,
         std::shared_ptr<const repo::FinderPlan> plan) noexcept;

  std::shared_ptr<const repo::Access> access_;
  std::string name_;
  std::shared_ptr<const repo::FinderPlan> plan_;
};

}  // namespace sonde
