// Filters and tests by name: each a function of the value and its arguments.

#include "core/text/chat/template_functions.h"
#include "core/text/chat/template_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace headlight::chat {
namespace {

using Filter = Value (*)(const Value&, const Arguments&);
using Test = bool (*)(const Value&, const Arguments&);

std::string textOf(const Value& value)
{
    return value.printed();
}

std::int64_t wholeOr(const Value* value, std::int64_t fallback)
{
    return value != nullptr && value->number() ? std::int64_t(value->real()) : fallback;
}

std::string textOr(const Arguments& arguments, std::size_t place, std::string_view name, const std::string& fallback)
{
    const Value* given = arguments.find(place, name);
    return given == nullptr ? fallback : given->printed();
}

Value length(const Value& value, const Arguments&)
{
    if (value.entries() != nullptr)
        return std::int64_t(value.entries()->size());
    return std::int64_t(iterated(value).size());
}

/// default(x) for what is undefined; default(x, true) for all that is false.
Value fallback(const Value& value, const Arguments& arguments)
{
    const Value *otherwise = arguments.find(0, "default_value"), *falseToo = arguments.find(1, "boolean");
    const bool missing = value.undefined() || (falseToo != nullptr && falseToo->truth() && !value.truth());
    return !missing ? value : otherwise == nullptr ? Value(std::string()) : *otherwise;
}

Value toWhole(const Value& value, const Arguments& arguments)
{
    if (value.number())
        return std::int64_t(std::trunc(value.real()));
    try {
        if (value.text() != nullptr)
            return std::int64_t(std::stoll(*value.text()));
    } catch (const std::exception&) {
        // not a number: as the reference, the default
    }
    return wholeOr(arguments.find(0, "default"), 0);
}

Value toReal(const Value& value, const Arguments&)
{
    try {
        return value.text() != nullptr ? std::stod(*value.text()) : value.real();
    } catch (const std::exception&) {
        return 0.0;
    }
}

Value indented(const Value& value, const Arguments& arguments)
{
    const Value *width = arguments.find(0, "width"), *first = arguments.find(1, "first");
    const std::string blanks = width != nullptr && width->text() != nullptr ? *width->text() : std::string(std::size_t(std::clamp<std::int64_t>(wholeOr(width, 4), 0, 200)), ' ');
    const std::string newline = "\n";
    const List lines = split(textOf(value), &newline);
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = *lines[i].text();
        const bool wanted = i == 0 ? first != nullptr && first->truth() : !line.empty();
        out += (i == 0 ? "" : "\n") + (wanted ? blanks : "") + line;
    }
    return out;
}

/// select, reject, selectattr and rejectattr: items whose value (or attribute) passes the test.
Value chosen(const Value& value, const Arguments& arguments, bool ofAttribute, bool wanted)
{
    Arguments rest = arguments;
    std::string attribute, test;
    const auto takeFirst = [&rest] {
        if (rest.positional.empty())
            return std::string();
        std::string first = rest.positional.front().printed();
        rest.positional.erase(rest.positional.begin());
        return first;
    };
    if (ofAttribute)
        attribute = takeFirst();
    test = takeFirst();
    List kept;
    for (const Value& item : value.truth() ? iterated(value) : List()) { // nothing has no items
        const Value asked = ofAttribute ? subscript(item, attribute) : item;
        if ((test.empty() ? asked.truth() : applyTest(test, asked, rest)) == wanted)
            kept.push_back(item);
    }
    return Value::list(std::move(kept));
}

/// map(attribute="x") or map("filter").
Value mapped(const Value& value, const Arguments& arguments)
{
    List made;
    for (const Value& item : value.truth() ? iterated(value) : List()) {
        Arguments rest = arguments;
        if (const Value* attribute = arguments.find(99, "attribute")) {
            const Value found = subscript(item, *attribute);
            const Value* otherwise = arguments.find(99, "default");
            made.push_back(found.undefined() && otherwise != nullptr ? *otherwise : found);
        } else if (!rest.positional.empty()) {
            rest.positional.erase(rest.positional.begin());
            made.push_back(applyFilter(arguments.positional.front().printed(), item, rest));
        } else {
            throw TemplateProblem("uses map without a filter or attribute");
        }
    }
    return Value::list(std::move(made));
}

Value sorted(const Value& value, const Arguments& arguments)
{
    const Value *backwards = arguments.find(0, "reverse"), *attribute = arguments.find(2, "attribute");
    List items = iterated(value);
    const auto key = [&](const Value& item) {
        const Value asked = attribute == nullptr ? item : subscript(item, *attribute);
        return asked.text() == nullptr ? asked : Value(lower(*asked.text())); // case counts only when asked for
    };
    std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) { return less(key(a), key(b)); });
    if (backwards != nullptr && backwards->truth())
        std::ranges::reverse(items);
    return Value::list(std::move(items));
}

Value dictItems(const Value& value, const Arguments&)
{
    if (value.undefined())
        return Value::list({});
    return callMethod(value, "items", {});
}

/// A whole number when that was given.
Value likeGiven(const Value& given, double result)
{
    if (!given.number())
        throw TemplateProblem(fmt::format("calculates with {}", given.kind()));
    return given.as<double>() == nullptr ? Value(std::int64_t(result)) : Value(result);
}

Value rounded(const Value& value, const Arguments& arguments)
{
    const double scale = std::pow(10.0, double(wholeOr(arguments.find(0, "precision"), 0)));
    return likeGiven(value, std::nearbyint(value.real() * scale) / scale);
}

Value firstOf(const Value& value, const Arguments&)
{
    const List items = iterated(value);
    return items.empty() ? Value(Undefined { "first" }) : items.front();
}

Value lastOf(const Value& value, const Arguments&)
{
    const List items = iterated(value);
    return items.empty() ? Value(Undefined { "last" }) : items.back();
}

Value unique(const Value& value, const Arguments&)
{
    List kept;
    for (const Value& item : iterated(value))
        if (std::ranges::find(kept, item) == kept.end())
            kept.push_back(item);
    return Value::list(std::move(kept));
}

Value reversed(const Value& value, const Arguments&)
{
    return slice(value, {}, {}, std::int64_t(-1));
}

Value strippedText(const Value& value, const Arguments& arguments)
{
    const Value* characters = arguments.find(0, "chars");
    return stripped(textOf(value), Side::Both, characters == nullptr ? nullptr : characters->text());
}

Value asJson(const Value& value, const Arguments& arguments)
{
    return value.json(int(std::clamp<std::int64_t>(wholeOr(arguments.find(99, "indent"), 0), 0, 16)));
}

struct NamedFilter {
    std::string_view name;
    Filter apply;
};

constexpr NamedFilter filters[] {
    { "length", length },
    { "count", length },
    { "default", fallback },
    { "d", fallback },
    { "trim", strippedText },
    { "int", toWhole },
    { "float", toReal },
    { "indent", indented },
    { "map", mapped },
    { "sort", sorted },
    { "items", dictItems },
    { "round", rounded },
    { "first", firstOf },
    { "last", lastOf },
    { "unique", unique },
    { "reverse", reversed },
    { "tojson", asJson },
    { "string", [](const Value& v, const Arguments&) { return Value(textOf(v)); } },
    { "safe", [](const Value& v, const Arguments&) { return v; } },
    { "upper", [](const Value& v, const Arguments&) { return Value(upper(textOf(v))); } },
    { "lower", [](const Value& v, const Arguments&) { return Value(lower(textOf(v))); } },
    { "title", [](const Value& v, const Arguments&) { return Value(headlined(textOf(v))); } },
    { "capitalize", [](const Value& v, const Arguments&) { return Value(capitalised(textOf(v))); } },
    { "list", [](const Value& v, const Arguments&) { return Value::list(iterated(v)); } },
    { "abs", [](const Value& v, const Arguments&) { return likeGiven(v, std::abs(v.real())); } },
    { "join", [](const Value& v, const Arguments& a) {
         Arguments attribute;
         if (const Value* name = a.find(1, "attribute"))
             attribute.named.emplace_back("attribute", *name);
         return Value(joined(attribute.named.empty() ? iterated(v) : *mapped(v, attribute).items(), textOr(a, 0, "d", "")));
     } },
    { "replace", [](const Value& v, const Arguments& a) {
         return Value(replaced(textOf(v), textOr(a, 0, "old", ""), textOr(a, 1, "new", ""), wholeOr(a.find(2, "count"), -1)));
     } },
    { "dictsort", [](const Value& v, const Arguments& a) { return sorted(callMethod(v, "items", {}), { {}, { { "attribute", std::int64_t(0) }, { "reverse", a.find(2, "reverse") == nullptr ? Value(false) : *a.find(2, "reverse") } } }); } },
    { "select", [](const Value& v, const Arguments& a) { return chosen(v, a, false, true); } },
    { "reject", [](const Value& v, const Arguments& a) { return chosen(v, a, false, false); } },
    { "selectattr", [](const Value& v, const Arguments& a) { return chosen(v, a, true, true); } },
    { "rejectattr", [](const Value& v, const Arguments& a) { return chosen(v, a, true, false); } },
};

/// The argument a comparing test has. Problems: it has none.
const Value& operand(const Arguments& arguments)
{
    if (arguments.positional.empty())
        throw TemplateProblem("uses a test that lacks its argument");
    return arguments.positional.front();
}

bool divides(const Value& value, const Arguments& arguments)
{
    return calculated("%", value, operand(arguments)) == Value(std::int64_t(0));
}

struct NamedTest {
    std::string_view name;
    Test passes;
};

constexpr NamedTest tests[] {
    { "defined", [](const Value& v, const Arguments&) { return !v.undefined(); } },
    { "undefined", [](const Value& v, const Arguments&) { return v.undefined(); } },
    { "none", [](const Value& v, const Arguments&) { return v.none(); } },
    { "string", [](const Value& v, const Arguments&) { return v.text() != nullptr; } },
    { "mapping", [](const Value& v, const Arguments&) { return v.entries() != nullptr; } },
    { "iterable", [](const Value& v, const Arguments&) { return v.text() || v.items() || v.entries() || v.undefined(); } },
    { "sequence", [](const Value& v, const Arguments&) { return v.text() || v.items() || v.entries() || v.undefined(); } },
    { "number", [](const Value& v, const Arguments&) { return v.number(); } },
    { "integer", [](const Value& v, const Arguments&) { return v.as<std::int64_t>() != nullptr; } },
    { "float", [](const Value& v, const Arguments&) { return v.as<double>() != nullptr; } },
    { "boolean", [](const Value& v, const Arguments&) { return v.as<bool>() != nullptr; } },
    { "callable", [](const Value& v, const Arguments&) { return v.as<std::shared_ptr<Function>>() != nullptr; } },
    { "true", [](const Value& v, const Arguments&) { return v.as<bool>() && *v.as<bool>(); } },
    { "false", [](const Value& v, const Arguments&) { return v.as<bool>() && !*v.as<bool>(); } },
    { "odd", [](const Value& v, const Arguments&) { return calculated("%", v, std::int64_t(2)) == Value(std::int64_t(1)); } },
    { "even", [](const Value& v, const Arguments&) { return calculated("%", v, std::int64_t(2)) == Value(std::int64_t(0)); } },
    { "divisibleby", divides },
    { "upper", [](const Value& v, const Arguments&) { return v.text() && upper(*v.text()) == *v.text() && lower(*v.text()) != *v.text(); } },
    { "lower", [](const Value& v, const Arguments&) { return v.text() && lower(*v.text()) == *v.text() && upper(*v.text()) != *v.text(); } },
    { "in", [](const Value& v, const Arguments& a) { return contains(operand(a), v); } },
    { "eq", [](const Value& v, const Arguments& a) { return v == operand(a); } },
    { "equalto", [](const Value& v, const Arguments& a) { return v == operand(a); } },
    { "sameas", [](const Value& v, const Arguments& a) { return v.data.index() == operand(a).data.index() && v == operand(a); } },
    { "ne", [](const Value& v, const Arguments& a) { return !(v == operand(a)); } },
    { "lt", [](const Value& v, const Arguments& a) { return less(v, operand(a)); } },
    { "gt", [](const Value& v, const Arguments& a) { return less(operand(a), v); } },
    { "le", [](const Value& v, const Arguments& a) { return !less(operand(a), v); } },
    { "ge", [](const Value& v, const Arguments& a) { return !less(v, operand(a)); } },
};

} // namespace

Value applyFilter(const std::string& name, const Value& value, const Arguments& arguments)
{
    const auto* found = std::ranges::find(filters, name, &NamedFilter::name);
    if (found == std::end(filters))
        throw TemplateProblem(fmt::format("uses the filter {}", name));
    return found->apply(value, arguments);
}

bool applyTest(const std::string& name, const Value& value, const Arguments& arguments)
{
    constexpr std::pair<std::string_view, std::string_view> signs[] { { "==", "eq" }, { "!=", "ne" }, { "<", "lt" }, { ">", "gt" }, { "<=", "le" }, { ">=", "ge" } };
    std::string_view plain = name;
    for (const auto& [sign, word] : signs)
        plain = name == sign ? word : plain;
    const auto* found = std::ranges::find(tests, plain, &NamedTest::name);
    if (found == std::end(tests))
        throw TemplateProblem(fmt::format("uses the test {}", name));
    return found->passes(value, arguments);
}

} // namespace headlight::chat
