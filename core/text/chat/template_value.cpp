#include "core/text/chat/template_value.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace headlight::chat {
namespace {

/// 1.0, 0.5, 1e+16: the shortest digits that come back, always marked as no whole number.
std::string realText(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

std::string quoted(const std::string& text)
{
    const bool doubles = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
    const char mark = doubles ? '"' : '\'';
    std::string out(1, mark);
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\\' || c == mark)
            out += { '\\', c };
        else
            out += c;
    }
    return out + mark;
}

std::string jsonText(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20)
                out += fmt::format("\\u{:04x}", int(c));
            else
                out += c;
        }
    }
    return out + '"';
}

template <typename Items, typename Write>
std::string bracketed(const Items& items, std::string_view brackets, std::string_view between, const Write& write)
{
    std::string out(1, brackets[0]);
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i == 0 ? "" : between;
        out += write(items[i]);
    }
    return out + brackets[1];
}

std::string lineBreak(int indent, int level)
{
    return '\n' + std::string(std::size_t(indent * level), ' ');
}

/// Brackets around parts that are written already, over several lines when they are indented.
std::string jsonBracketed(const std::vector<std::string>& parts, std::string_view brackets, int indent, int level)
{
    if (parts.empty())
        return std::string(brackets);
    const std::string open = indent > 0 ? lineBreak(indent, level + 1) : "";
    std::string out(1, brackets[0]);
    for (std::size_t i = 0; i < parts.size(); ++i)
        out += (i == 0 ? open : indent > 0 ? "," + open : ", ") + parts[i];
    return out + (indent > 0 ? lineBreak(indent, level) : "") + brackets[1];
}

} // namespace

const Value* Arguments::find(std::size_t place, std::string_view name) const
{
    if (place < positional.size())
        return &positional[place];
    for (const auto& [key, value] : named)
        if (key == name)
            return &value;
    return nullptr;
}

const List* Value::items() const
{
    const auto* held = as<std::shared_ptr<List>>();
    return held == nullptr ? nullptr : held->get();
}

Dict* Value::entries() const
{
    const auto* held = as<std::shared_ptr<Dict>>();
    return held == nullptr ? nullptr : held->get();
}

bool Value::truth() const
{
    if (const auto* value = as<bool>())
        return *value;
    if (number())
        return real() != 0.0;
    if (text() != nullptr)
        return !text()->empty();
    if (items() != nullptr)
        return !items()->empty();
    if (entries() != nullptr)
        return !entries()->empty();
    return as<std::shared_ptr<Function>>() != nullptr;
}

double Value::real() const
{
    if (const auto* value = as<bool>())
        return *value ? 1.0 : 0.0;
    if (const auto* value = as<std::int64_t>())
        return double(*value);
    return as<double>() != nullptr ? *as<double>() : 0.0;
}

std::string Value::represented() const
{
    if (text() != nullptr)
        return quoted(*text());
    if (undefined())
        return "Undefined";
    return printed();
}

std::string Value::printed() const
{
    if (undefined())
        return {};
    if (none())
        return "None";
    if (const auto* value = as<bool>())
        return *value ? "True" : "False";
    if (const auto* value = as<std::int64_t>())
        return std::to_string(*value);
    if (const auto* value = as<double>())
        return realText(*value);
    if (text() != nullptr)
        return *text();
    if (const List* all = items())
        return bracketed(*all, "[]", ", ", [](const Value& value) { return value.represented(); });
    if (const Dict* all = entries())
        return bracketed(*all, "{}", ", ", [](const auto& entry) { return quoted(entry.first) + ": " + entry.second.represented(); });
    throw TemplateProblem("prints a function");
}

std::string Value::json(int indent, int level) const
{
    if (none())
        return "null";
    if (const auto* value = as<bool>())
        return *value ? "true" : "false";
    if (number())
        return printed();
    if (text() != nullptr)
        return jsonText(*text());
    std::vector<std::string> parts;
    if (const List* all = items()) {
        for (const Value& value : *all)
            parts.push_back(value.json(indent, level + 1));
        return jsonBracketed(parts, "[]", indent, level);
    }
    if (const Dict* all = entries()) {
        for (const auto& [key, value] : *all)
            parts.push_back(jsonText(key) + ": " + value.json(indent, level + 1));
        return jsonBracketed(parts, "{}", indent, level);
    }
    throw TemplateProblem(fmt::format("writes {} as JSON", kind()));
}

std::string_view Value::kind() const
{
    constexpr std::string_view kinds[] { "what is not defined", "None", "a truth value", "a whole number", "a number", "a text", "a list",
        "a dict", "a function" };
    return kinds[data.index()];
}

bool operator==(const Value& a, const Value& b)
{
    if (a.number() && b.number())
        return a.real() == b.real();
    if (a.data.index() != b.data.index())
        return false;
    if (a.text() != nullptr)
        return *a.text() == *b.text();
    if (a.items() != nullptr)
        return *a.items() == *b.items();
    if (a.entries() != nullptr)
        return *a.entries() == *b.entries();
    return a.none() || a.undefined();
}

bool less(const Value& a, const Value& b)
{
    if (a.number() && b.number())
        return a.real() < b.real();
    if (a.text() != nullptr && b.text() != nullptr)
        return *a.text() < *b.text();
    if (a.items() != nullptr && b.items() != nullptr) {
        const auto [left, right] = std::ranges::mismatch(*a.items(), *b.items());
        if (left == a.items()->end() || right == b.items()->end())
            return right != b.items()->end();
        return less(*left, *right);
    }
    throw TemplateProblem(fmt::format("compares {} with {}", a.kind(), b.kind()));
}

Value* find(Dict& entries, std::string_view key)
{
    for (auto& [name, value] : entries)
        if (name == key)
            return &value;
    return nullptr;
}

} // namespace headlight::chat
