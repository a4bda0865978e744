#include "filter.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde::query {

namespace {

using Op = Condition::Op;

/// The sign of an operator in keys. `N`: null, `&`, `|`, `!`: nesting.
char signOf(Op op) noexcept {
  switch (op) {
    case Op::Eq:
      return '=';
    case Op::Ne:
      return '#';
    case Op::Lt:
      return '<';
    case Op::Lte:
      return '{';
    case Op::Gt:
      return '>';
    case Op::Gte:
      return '}';
    case Op::In:
      return 'i';
    case Op::NotIn:
      return 'o';
    case Op::Between:
      return 'b';
    case Op::Like:
      return 'L';
    case Op::StartsWith:
      return 'S';
    case Op::EndsWith:
      return 'E';
    case Op::Contains:
      return 'C';
    case Op::IsNull:
      return 'N';
    case Op::Not:
      return '!';
    case Op::All:
      return '&';
    case Op::Any:
      return '|';
  }
  return '?';
}

CompareOp compareOf(Op op) noexcept {
  switch (op) {
    case Op::Ne:
      return CompareOp::Ne;
    case Op::Lt:
      return CompareOp::Lt;
    case Op::Lte:
      return CompareOp::Le;
    case Op::Gt:
      return CompareOp::Gt;
    case Op::Gte:
      return CompareOp::Ge;
    default:
      return CompareOp::Eq;
  }
}

MatchKind matchOf(Op op) noexcept {
  switch (op) {
    case Op::StartsWith:
      return MatchKind::StartsWith;
    case Op::EndsWith:
      return MatchKind::EndsWith;
    case Op::Contains:
      return MatchKind::Contains;
    default:
      return MatchKind::Like;
  }
}

ExprPtr lowered(ExprPtr expr) { return make(Call{FunctionKind::Lower, {std::move(expr)}, false}); }

/// One walk over a filter. It writes the key and the arguments, or builds the expression; never
/// both, but always through the same code, so that the two agree.
class FilterWalk {
 public:
  FilterWalk(const Table& table, std::string& key, std::vector<Arg>& arguments)
      : table_(table), key_(&key), arguments_(&arguments) {}
  FilterWalk(const Table& table, std::uint32_t firstArgument, std::uint32_t source)
      : table_(table), next_(firstArgument), source_(source) {}

  ExprPtr walk(const Filter& filter) {
    const Level level(*this);
    Junction junction{filter.conjunction(), {}};
    if (filter.negated()) sign('!');
    sign(filter.conjunction() ? '&' : '|');
    sign('(');
    for (const Filter::Term& term : filter.terms()) {
      ExprPtr part = term.group ? walk(*term.group) : walkTerm(term);
      if (building()) junction.operands.push_back(std::move(part));
      sign(',');
    }
    sign(')');
    if (!building()) return nullptr;
    ExprPtr whole =
        junction.operands.size() == 1 ? junction.operands.front() : make(std::move(junction));
    return filter.negated() ? negation(std::move(whole)) : whole;
  }

 private:
  // The column a condition is about.
  struct Subject {
    std::string_view name;
    ExprPtr expr;  // null unless building
  };

  // One level of nesting, counted while it is walked: filters may come from outside.
  class Level {
   public:
    explicit Level(FilterWalk& walk) : walk_(walk) {
      if (++walk_.depth_ > kMaxFilterDepth) {
        throw ValidationError("conditions are nested more than " + std::to_string(kMaxFilterDepth) +
                              " levels deep");
      }
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --walk_.depth_; }

   private:
    FilterWalk& walk_;
  };

  [[nodiscard]] bool building() const noexcept { return key_ == nullptr; }
  void sign(char c) {
    if (key_ != nullptr) *key_ += c;
  }
  void number(std::size_t n) {
    if (key_ != nullptr) *key_ += std::to_string(n);
  }

  /// The next argument: noted, or the parameter that stands for it.
  ExprPtr value(const Value& value) {
    if (building()) return parameter(next_++);
    arguments_->emplace_back(value);
    return nullptr;
  }

  ExprPtr walkTerm(const Filter::Term& term) {
    const std::string& name = resolveColumn(table_, term.column);
    // A column is its number in the key; one past the last stands for the implicit key.
    number(std::min(table_.columnIndex(name), table_.columns.size()));
    return condition({name, building() ? column(name, source_) : nullptr}, term.condition);
  }

  ExprPtr condition(const Subject& subject, const Condition& test) {
    const Level level(*this);
    sign(signOf(test.op()));
    const bool fold = test.ignoresCase();
    switch (test.op()) {
      case Op::Eq:
      case Op::Ne:
      case Op::Lt:
      case Op::Lte:
      case Op::Gt:
      case Op::Gte:
        return comparison(subject, test, fold);
      case Op::In:
      case Op::NotIn:
        return membership(subject, test, fold);
      case Op::Between:
        return range(subject, test, fold);
      case Op::Like:
      case Op::StartsWith:
      case Op::EndsWith:
      case Op::Contains:
        return match(subject, test, fold);
      case Op::IsNull:
        expect(subject, test.values().empty(), "takes no value");
        return building() ? make(IsNull{subject.expr}) : nullptr;
      case Op::Not:
      case Op::All:
      case Op::Any:
        return nested(subject, test);
    }
    return nullptr;
  }

  void expect(const Subject& subject, bool holds, const char* rule) const {
    if (holds) return;
    const std::string field(subject.name);
    throw ValidationError("a condition on " + quoteForMessage(field) + " of " +
                              quoteForMessage(table_.name) + " " + rule,
                          {{field, rule}});
  }

  ExprPtr folded(ExprPtr expr, bool fold) const {
    return fold && expr ? lowered(std::move(expr)) : expr;
  }

  ExprPtr comparison(const Subject& subject, const Condition& test, bool fold) {
    expect(subject, test.values().size() == 1, "takes one value");
    if (fold) sign('~');
    ExprPtr right = value(test.values().front());
    if (!building()) return nullptr;
    return compare(compareOf(test.op()), folded(subject.expr, fold),
                   folded(std::move(right), fold));
  }

  ExprPtr range(const Subject& subject, const Condition& test, bool fold) {
    expect(subject, test.values().size() == 2, "takes two values");
    if (fold) sign('~');
    ExprPtr low = value(test.values()[0]);
    ExprPtr high = value(test.values()[1]);
    if (!building()) return nullptr;
    return make(Between{folded(subject.expr, fold), folded(std::move(low), fold),
                        folded(std::move(high), fold)});
  }

  ExprPtr match(const Subject& subject, const Condition& test, bool fold) {
    expect(subject, test.values().size() == 1, "takes one value");
    if (fold) sign('~');
    ExprPtr pattern = value(test.values().front());
    if (!building()) return nullptr;
    return make(Match{matchOf(test.op()), subject.expr, std::move(pattern), fold});
  }

  ExprPtr nested(const Subject& subject, const Condition& test) {
    if (test.op() == Op::Not) expect(subject, test.operands().size() == 1, "negates one condition");
    Junction junction{test.op() != Op::Any, {}};
    sign('(');
    for (const Condition& operand : test.operands()) {
      ExprPtr part = condition(subject, operand);
      if (building()) junction.operands.push_back(std::move(part));
      sign(',');
    }
    sign(')');
    if (!building()) return nullptr;
    if (test.op() == Op::Not) return negation(std::move(junction.operands.front()));
    return make(std::move(junction));
  }

  // A null in the list is a value like any other to the caller: `in` then also finds rows without a
  // value, `notIn` leaves them out, which SQL would do anyway, but for every row.
  ExprPtr membership(const Subject& subject, const Condition& test, bool fold) {
    const std::vector<Value>& values = test.values();
    const auto nulls = static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](const Value& v) { return v.isNull(); }));
    if (fold) sign('~');
    if (nulls != 0) sign('N');
    ExprPtr in = list(subject, values, values.size() - nulls, fold);
    if (!building()) return nullptr;
    const bool negated = test.op() == Op::NotIn;
    if (nulls != 0) {
      ExprPtr isNull = make(IsNull{subject.expr});
      if (negated) return both(negation(std::move(in)), negation(std::move(isNull)));
      return make(Junction{false, {std::move(in), std::move(isNull)}});
    }
    return negated ? negation(std::move(in)) : in;
  }

  ExprPtr list(const Subject& subject, const std::vector<Value>& values, std::size_t count,
               bool fold) {
    const bool oneByOne =
        fold ||
        (count > kMaxInList && std::any_of(values.begin(), values.end(), [](const Value& v) {
           return v.kind() == Value::Kind::Blob || v.kind() == Value::Kind::Real;
         }));
    if (count > kMaxInList && !oneByOne) {
      sign('*');
      ExprPtr whole = building() ? parameter(next_++) : nullptr;
      if (!building()) arguments_->emplace_back(values);
      return building() ? make(InArray{subject.expr, std::move(whole)}) : nullptr;
    }
    expect(subject, count <= kMaxInListOneByOne,
           "lists more values than can be bound one by one (16384)");
    const std::size_t bucket = count == 0 ? 0 : std::bit_ceil(count);
    number(bucket);
    InList in{folded(subject.expr, fold), {}};
    const Value* last = nullptr;
    for (const Value& item : values) {
      if (item.isNull()) continue;
      last = &item;
      addItem(in, item, fold);
    }
    for (std::size_t i = count; i < bucket; ++i) addItem(in, *last, fold);
    return building() ? make(std::move(in)) : nullptr;
  }

  void addItem(InList& in, const Value& item, bool fold) {
    ExprPtr one = value(item);
    if (building()) in.items.push_back(folded(std::move(one), fold));
  }

  const Table& table_;
  std::string* key_ = nullptr;
  std::vector<Arg>* arguments_ = nullptr;
  std::uint32_t next_ = 0;
  std::uint32_t source_ = 0;
  std::size_t depth_ = 0;
};

/// Whether a filter asks for nothing, so that no WHERE is needed.
bool asksNothing(const Filter& filter) noexcept {
  return filter.empty() && filter.conjunction() && !filter.negated();
}

}  // namespace

const std::string& resolveColumn(const Table& table, std::string_view name) {
  const std::size_t index = table.columnIndex(name);
  if (index != Table::npos) return table.columns[index].name;
  if (table.implicitKey &&
      (name == *table.implicitKey ||
       (table.ignoreCase && text::equalsIgnoreCase(name, *table.implicitKey)))) {
    return *table.implicitKey;
  }
  return table.column(name).name;  // throws, naming the nearest
}

void appendFilterShape(const Filter& filter, const Table& table, std::string& key,
                       std::vector<Arg>& arguments) {
  if (!asksNothing(filter)) FilterWalk(table, key, arguments).walk(filter);
}

FilterShape filterShape(const Filter& filter, const Table& table) {
  FilterShape shape;
  appendFilterShape(filter, table, shape.key, shape.arguments);
  return shape;
}

ExprPtr filterExpr(const Filter& filter, const Table& table, std::uint32_t firstArgument,
                   std::uint32_t source) {
  if (asksNothing(filter)) return nullptr;
  return FilterWalk(table, firstArgument, source).walk(filter);
}

}  // namespace sonde::query
