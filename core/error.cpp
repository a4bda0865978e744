#include "error.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace sonde {
namespace {

struct CodeTexts {
  std::string_view name;
  std::string_view publicMessage;
};

// In the order of the enumerators.
constexpr std::array<CodeTexts, 20> kCodes = {{
    {"generic", "Something went wrong."},
    {"connection", "The database cannot be reached."},
    {"poolTimeout", "The database is busy. Please try again."},
    {"query", "The database could not answer the request."},
    {"constraint", "The data breaks a rule of the database."},
    {"schema", "The request names something that does not exist."},
    {"validation", "The data is not valid."},
    {"transaction", "The changes could not be completed."},
    {"migration", "The database could not be brought up to date."},
    {"config", "The configuration is not valid."},
    {"authorization", "This is not allowed."},
    {"notFound", "Nothing was found."},
    {"notUnique", "More than one match was found where one was expected."},
    {"conversion", "A value has the wrong type."},
    {"encoding", "A text is not valid UTF-8."},
    {"timeout", "The request took too long."},
    {"cancelled", "The request was cancelled."},
    {"unsupported", "This is not supported."},
    {"staleRow", "The data was changed by somebody else in the meantime."},
    {"resultTooLarge", "The result is too large."},
}};
static_assert(kCodes.size() == static_cast<std::size_t>(ErrorCode::ResultTooLarge) + 1);

constexpr std::array<std::string_view, 6> kConstraintKinds = {"unique",  "primaryKey", "foreignKey",
                                                              "notNull", "check",      "other"};
static_assert(kConstraintKinds.size() == static_cast<std::size_t>(ConstraintKind::Other) + 1);

const CodeTexts& textsOf(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < kCodes.size() ? kCodes[index] : kCodes[0];
}

}  // namespace

std::string_view errorCodeName(ErrorCode code) noexcept { return textsOf(code).name; }

std::string_view constraintKindName(ConstraintKind kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  return index < kConstraintKinds.size() ? kConstraintKinds[index] : kConstraintKinds.back();
}

Error::Error(ErrorCode code, const std::string& message, ErrorDetails details)
    : std::runtime_error(message),
      code_(code),
      details_(std::make_shared<const ErrorDetails>(std::move(details))) {}

std::string_view Error::publicMessage() const noexcept { return textsOf(code_).publicMessage; }

SchemaError::SchemaError(const std::string& message, std::vector<std::string> suggestions,
                         ErrorDetails details)
    : Error(ErrorCode::Schema, message, std::move(details)),
      suggestions_(std::make_shared<const std::vector<std::string>>(std::move(suggestions))) {}

ValidationError::ValidationError(const std::string& message, std::vector<Problem> problems,
                                 ErrorDetails details)
    : Error(ErrorCode::Validation, message, std::move(details)),
      problems_(std::make_shared<const std::vector<Problem>>(std::move(problems))) {}

}  // namespace sonde
