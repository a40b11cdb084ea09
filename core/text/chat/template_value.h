#pragma once
// What the expressions of a chat template work on: Python's values, as far as templates use them.

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace headlight::chat {

/// What a template does that it may not, or that is not known here. ChatTemplate turns it into an Error.
class TemplateProblem : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Value;
using List = std::vector<Value>;
/// In the order of insertion, as Python's.
using Dict = std::vector<std::pair<std::string, Value>>;

/// A name or key that is not there; printing it gives nothing.
struct Undefined {
    std::string name;
};

struct Arguments {
    std::vector<Value> positional;
    Dict named;
    /// The argument at a place or of a name; null when it was not given.
    const Value* find(std::size_t place, std::string_view name) const;
};
using Function = std::function<Value(const Arguments&)>;

struct Value {
    using Data = std::variant<Undefined, std::nullptr_t, bool, std::int64_t, double, std::string, std::shared_ptr<List>,
        std::shared_ptr<Dict>, std::shared_ptr<Function>>;
    Data data = Undefined {};

    Value() = default;
    template <typename T>
    Value(T value) // NOLINT: a value is made of what it holds
        : data(std::move(value))
    {
    }
    static Value list(List items) { return std::make_shared<List>(std::move(items)); }
    static Value dict(Dict items) { return std::make_shared<Dict>(std::move(items)); }

    template <typename T>
    const T* as() const { return std::get_if<T>(&data); }
    const std::string* text() const { return as<std::string>(); }
    /// Null when it is none.
    const List* items() const;
    Dict* entries() const;
    bool undefined() const { return as<Undefined>() != nullptr; }
    bool none() const { return as<std::nullptr_t>() != nullptr; }
    bool number() const { return as<bool>() || as<std::int64_t>() || as<double>(); }

    /// Python's idea of truth: what is empty or zero is false.
    bool truth() const;
    /// As Python prints it: True, None, [1, 'a'].
    std::string printed() const;
    /// As Python writes it inside a list: texts in quotes.
    std::string represented() const;
    /// As json.dumps(…, ensure_ascii=False) writes it; `indent` spaces a level, 0: on one line.
    std::string json(int indent = 0, int level = 0) const;
    /// "a text", for messages.
    std::string_view kind() const;
    double real() const;
};

bool operator==(const Value& a, const Value& b);
/// Python's <. Problems: values that have no order.
bool less(const Value& a, const Value& b);
/// The entry of a dict; null when there is none.
Value* find(Dict& entries, std::string_view key);

} // namespace headlight::chat
