// Methods of texts and dicts, parts of values, arithmetic, and the functions a template finds by name.

#include "core/text/chat/template_functions.h"
#include "core/text/chat/template_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <limits>

namespace headlight::chat {
namespace {

const std::string* textArgument(const Arguments& arguments, std::size_t place, std::string_view name)
{
    const Value* given = arguments.find(place, name);
    return given == nullptr ? nullptr : given->text();
}

std::int64_t wholeArgument(const Arguments& arguments, std::size_t place, std::string_view name, std::int64_t fallback)
{
    const Value* given = arguments.find(place, name);
    return given != nullptr && given->number() ? std::int64_t(given->real()) : fallback;
}

/// The text an argument must be.
const std::string& needed(const Arguments& arguments, std::size_t place)
{
    const std::string* text = textArgument(arguments, place, "");
    if (text == nullptr)
        throw TemplateProblem("gives a method something else than a text");
    return *text;
}

/// startswith and endswith take a text or several.
bool anyOf(const Arguments& arguments, const std::function<bool(const std::string&)>& holds)
{
    const Value* given = arguments.find(0, "");
    if (given != nullptr && given->items() != nullptr)
        return std::ranges::any_of(*given->items(), [&](const Value& item) { return item.text() && holds(*item.text()); });
    return holds(needed(arguments, 0));
}

Value textMethod(const std::string& text, const std::string& name, const Arguments& arguments)
{
    if (name == "strip" || name == "lstrip" || name == "rstrip")
        return stripped(text, name == "strip" ? Side::Both : name == "lstrip" ? Side::Left : Side::Right, textArgument(arguments, 0, "chars"));
    if (name == "split")
        return Value::list(split(text, textArgument(arguments, 0, "sep"), wholeArgument(arguments, 1, "maxsplit", -1)));
    if (name == "startswith")
        return anyOf(arguments, [&](const std::string& what) { return text.starts_with(what); });
    if (name == "endswith")
        return anyOf(arguments, [&](const std::string& what) { return text.ends_with(what); });
    if (name == "replace")
        return replaced(text, needed(arguments, 0), needed(arguments, 1), wholeArgument(arguments, 2, "count", -1));
    if (name == "upper")
        return upper(text);
    if (name == "lower")
        return lower(text);
    if (name == "title")
        return titled(text);
    if (name == "capitalize")
        return capitalised(text);
    if (name == "join")
        return joined(iterated(*arguments.find(0, "iterable")), text);
    if (name == "find") {
        const std::size_t found = text.find(needed(arguments, 0));
        return found == std::string::npos ? std::int64_t(-1) : std::int64_t(codePoints(std::string_view(text).substr(0, found)).size());
    }
    if (name == "count")
        return std::int64_t(split(text, &needed(arguments, 0)).size()) - 1;
    if (name == "splitlines") {
        const std::string newline = "\n";
        List lines = split(text, &newline);
        if (!lines.empty() && lines.back().text()->empty())
            lines.pop_back();
        return Value::list(std::move(lines));
    }
    if (name == "isdigit")
        return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    throw TemplateProblem(fmt::format("calls the method {} of a text", name));
}

Value dictMethod(Dict& entries, const std::string& name, const Arguments& arguments)
{
    if (name == "get") {
        const Value *key = arguments.find(0, "key"), *otherwise = arguments.find(1, "default");
        const Value* found = key == nullptr ? nullptr : find(entries, key->printed());
        return found != nullptr ? *found : otherwise != nullptr ? *otherwise : Value(nullptr);
    }
    List all;
    for (const auto& [key, value] : entries) {
        if (name == "items")
            all.push_back(Value::list({ key, value }));
        else if (name == "keys")
            all.emplace_back(key);
        else if (name == "values")
            all.push_back(value);
    }
    if (name == "items" || name == "keys" || name == "values")
        return Value::list(std::move(all));
    const Value* entry = find(entries, name);
    const auto* function = entry == nullptr ? nullptr : entry->as<std::shared_ptr<Function>>();
    if (function == nullptr)
        throw TemplateProblem(fmt::format("calls the method {} of a dict", name));
    return (**function)(arguments);
}

/// Python's bounds: from the end when negative, cut to what there is.
std::int64_t bound(const Value& given, std::int64_t fallback, std::int64_t lowest, std::int64_t highest, std::int64_t count)
{
    if (given.undefined() || given.none())
        return fallback;
    const auto place = std::int64_t(given.real());
    return std::clamp(place < 0 ? place + count : place, lowest, highest);
}

Value wholeResult(const std::string& sign, std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    const bool overflow = sign == "+" ? __builtin_add_overflow(a, b, &result)
        : sign == "-"                 ? __builtin_sub_overflow(a, b, &result)
                                      : __builtin_mul_overflow(a, b, &result);
    if (overflow)
        throw TemplateProblem("calculates a number too large");
    return result;
}

Value arithmetic(const std::string& sign, const Value& left, const Value& right)
{
    const bool whole = !left.as<double>() && !right.as<double>();
    const double a = left.real(), b = right.real();
    if (whole && (sign == "+" || sign == "-" || sign == "*"))
        return wholeResult(sign, std::int64_t(a), std::int64_t(b));
    if (b == 0.0 && (sign == "/" || sign == "//" || sign == "%"))
        throw TemplateProblem("divides by zero");
    const double floored = std::floor(a / b);
    const double result = sign == "+" ? a + b
        : sign == "-"                 ? a - b
        : sign == "*"                 ? a * b
        : sign == "/"                 ? a / b
        : sign == "//"                ? floored
        : sign == "%"                 ? a - b * floored
                                      : std::pow(a, b);
    if (whole && sign != "/" && std::abs(result) < 0x1p62)
        return std::int64_t(result);
    return result;
}

/// A text or list several times over.
Value repeated(const Value& value, std::int64_t times)
{
    const std::int64_t size = value.text() ? std::int64_t(value.text()->size()) : value.items() ? std::int64_t(value.items()->size()) : -1;
    if (size < 0)
        throw TemplateProblem(fmt::format("repeats {}", value.kind()));
    if (times > 0 && size > (std::int64_t(1) << (value.text() ? 24 : 20)) / times)
        throw TemplateProblem("repeats something into more than 16 MB");
    std::string text;
    List items;
    for (std::int64_t i = 0; i < times; ++i) {
        if (value.text() != nullptr)
            text += *value.text();
        else
            items.insert(items.end(), value.items()->begin(), value.items()->end());
    }
    return value.text() != nullptr ? Value(std::move(text)) : Value::list(std::move(items));
}

Value range(const Arguments& arguments)
{
    const std::size_t count = arguments.positional.size();
    const std::int64_t first = count > 1 ? wholeArgument(arguments, 0, "", 0) : 0, last = wholeArgument(arguments, count > 1 ? 1 : 0, "", 0),
                       step = count > 2 ? wholeArgument(arguments, 2, "", 1) : 1;
    if (step == 0 || std::abs(double(last) - double(first)) / std::abs(double(step)) > 1e6)
        throw TemplateProblem("counts over a million numbers");
    List all;
    for (std::int64_t i = first; step > 0 ? i < last : i > last; i += step)
        all.emplace_back(i);
    return Value::list(std::move(all));
}

Value formatted(std::int64_t now, const Arguments& arguments)
{
    const std::time_t seconds = std::time_t(now);
    std::tm parts {};
    localtime_r(&seconds, &parts);
    std::array<char, 256> text {};
    const std::size_t length = std::strftime(text.data(), text.size(), needed(arguments, 0).c_str(), &parts);
    return std::string(text.data(), length);
}

} // namespace

Value callMethod(const Value& value, const std::string& name, const Arguments& arguments)
{
    if (value.text() != nullptr)
        return textMethod(*value.text(), name, arguments);
    if (Dict* entries = value.entries())
        return dictMethod(*entries, name, arguments);
    throw TemplateProblem(fmt::format("calls the method {} of {}", name, value.kind()));
}

Value subscript(const Value& value, const Value& key)
{
    if (Dict* entries = value.entries()) {
        const Value* found = find(*entries, key.printed());
        return found != nullptr ? *found : Value(Undefined { key.printed() });
    }
    if (value.undefined())
        throw TemplateProblem(fmt::format("asks for {} of what is not defined", key.printed()));
    const auto* index = key.as<std::int64_t>();
    if (index == nullptr || (value.items() == nullptr && value.text() == nullptr))
        return Undefined { key.printed() };
    const List all = iterated(value);
    const std::int64_t place = *index < 0 ? *index + std::int64_t(all.size()) : *index;
    return place >= 0 && place < std::int64_t(all.size()) ? all[std::size_t(place)] : Value(Undefined { key.printed() });
}

Value slice(const Value& value, const Value& first, const Value& last, const Value& step)
{
    if (value.items() == nullptr && value.text() == nullptr)
        return value.undefined() ? throw TemplateProblem("slices what is not defined") : Value(Undefined { "slice" });
    const List all = iterated(value);
    const auto count = std::int64_t(all.size());
    const std::int64_t stride = step.undefined() || step.none() ? 1 : std::int64_t(step.real());
    if (stride == 0)
        throw TemplateProblem("slices in steps of zero");
    const bool on = stride > 0;
    const std::int64_t lowest = on ? 0 : -1, highest = on ? count : count - 1;
    const std::int64_t begin = bound(first, on ? 0 : count - 1, lowest, highest, count), end = bound(last, on ? count : -1, lowest, highest, count);
    List taken;
    for (std::int64_t i = begin; on ? i < end : i > end; i += stride)
        taken.push_back(all[std::size_t(i)]);
    return value.text() != nullptr ? Value(joined(taken, "")) : Value::list(std::move(taken));
}

List iterated(const Value& value)
{
    if (value.items() != nullptr)
        return *value.items();
    List all;
    if (value.entries() != nullptr) {
        for (const auto& [key, entry] : *value.entries())
            all.emplace_back(key);
    } else if (value.text() != nullptr) {
        for (const std::string_view c : codePoints(*value.text()))
            all.emplace_back(std::string(c));
    } else if (!value.undefined()) {
        throw TemplateProblem(fmt::format("goes over {}", value.kind()));
    }
    return all;
}

Value calculated(const std::string& sign, const Value& left, const Value& right)
{
    if (sign == "~")
        return left.printed() + right.printed();
    if (left.number() && right.number())
        return arithmetic(sign, left, right);
    if (sign == "+" && left.text() && right.text())
        return *left.text() + *right.text();
    if (sign == "+" && left.items() && right.items()) {
        List all = *left.items();
        all.insert(all.end(), right.items()->begin(), right.items()->end());
        return Value::list(std::move(all));
    }
    if (sign == "*" && right.number() && right.as<double>() == nullptr)
        return repeated(left, std::int64_t(right.real()));
    if (sign == "*" && left.number() && left.as<double>() == nullptr)
        return repeated(right, std::int64_t(left.real()));
    throw TemplateProblem(fmt::format("calculates {} {} {}", left.kind(), sign, right.kind()));
}

bool contains(const Value& container, const Value& value)
{
    if (container.text() != nullptr)
        return value.text() != nullptr && container.text()->find(*value.text()) != std::string::npos;
    const List all = iterated(container);
    return std::ranges::find(all, value) != all.end();
}

Context::Names globalFunctions(std::int64_t now)
{
    const auto function = [](Function body) { return Value(std::make_shared<Function>(std::move(body))); };
    const auto entries = [](const Arguments& arguments) { return Value::dict(arguments.named); };
    return { { "range", function(range) }, { "namespace", function(entries) }, { "dict", function(entries) },
        { "strftime_now", function([now](const Arguments& arguments) { return formatted(now, arguments); }) },
        { "raise_exception", function([](const Arguments& arguments) -> Value {
             const Value* message = arguments.find(0, "message");
             throw TemplateProblem(fmt::format("says: {}", message == nullptr ? "no" : message->printed()));
         }) } };
}

} // namespace headlight::chat
