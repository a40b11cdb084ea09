#include "core/text/chat/expression_parser.h"

#include "core/text/chat/template_functions.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace headlight::chat {
namespace {

/// Brackets within brackets: more than any honest template has.
constexpr int deepest = 200;
thread_local int t_depth = 0;

struct Depth {
    explicit Depth(const WordReader& words)
    {
        if (++t_depth > deepest) {
            --t_depth;
            words.fail("is nested too deeply");
        }
    }
    ~Depth() { --t_depth; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
};

Expression constant(Value value)
{
    return [value = std::move(value)](Context&) { return value; };
}

/// Signs bind tighter than filters: -3|abs is 3.
enum class Filters { Yes, No };
Expression parseUnary(WordReader& words, Filters filters = Filters::Yes);

Expression parseList(WordReader& words, std::string_view end)
{
    std::vector<Expression> items;
    bool comma = false;
    while (!words.isSign(end)) {
        items.push_back(parseExpression(words));
        comma = words.takeSign(",");
        if (!comma)
            break;
    }
    words.expectSign(end);
    if (end == ")" && items.size() == 1 && !comma)
        return items.front();
    return [items](Context& context) {
        List list;
        for (const Expression& item : items)
            list.push_back(item(context));
        return Value::list(std::move(list));
    };
}

Expression parseDict(WordReader& words)
{
    std::vector<std::pair<Expression, Expression>> entries;
    while (!words.isSign("}")) {
        Expression key = parseExpression(words);
        words.expectSign(":");
        entries.emplace_back(std::move(key), parseExpression(words));
        if (!words.takeSign(","))
            break;
    }
    words.expectSign("}");
    return [entries](Context& context) {
        Dict dict;
        for (const auto& [key, value] : entries) {
            const std::string name = key(context).printed();
            if (Value* known = find(dict, name))
                *known = value(context);
            else
                dict.emplace_back(name, value(context));
        }
        return Value::dict(std::move(dict));
    };
}

Expression parseNamed(const std::string& name)
{
    if (name == "true" || name == "True")
        return constant(true);
    if (name == "false" || name == "False")
        return constant(false);
    if (name == "none" || name == "None")
        return constant(nullptr);
    return [name](Context& context) { return context.get(name); };
}

Expression parsePrimary(WordReader& words)
{
    const Word word = words.take();
    switch (word.kind) {
    case Word::Kind::String: {
        std::string text = word.text;
        while (words.peek().kind == Word::Kind::String) // texts side by side are one
            text += words.take().text;
        return constant(std::move(text));
    }
    case Word::Kind::Integer:
        if (word.text.size() > 18)
            words.fail("has a number too large");
        return constant(std::int64_t(std::stoll(word.text)));
    case Word::Kind::Real:
        return constant(std::stod(word.text));
    case Word::Kind::Name:
        return parseNamed(word.text);
    default:
        if (word.kind == Word::Kind::Sign && word.text == "(")
            return parseList(words, ")");
        if (word.kind == Word::Kind::Sign && word.text == "[")
            return parseList(words, "]");
        if (word.kind == Word::Kind::Sign && word.text == "{")
            return parseDict(words);
        words.fail(fmt::format("has \"{}\" where a value belongs", word.text));
    }
}

Expression optionalPart(WordReader& words)
{
    return words.isSign(":") || words.isSign("]") ? constant({}) : parseExpression(words);
}

/// [key] or [first:last:step], the opening bracket taken.
Expression parseSubscript(WordReader& words, Expression of)
{
    Expression first = optionalPart(words);
    if (words.takeSign("]"))
        return [of, first](Context& context) { return subscript(of(context), first(context)); };
    words.expectSign(":");
    Expression last = optionalPart(words), step = words.takeSign(":") ? optionalPart(words) : constant({});
    words.expectSign("]");
    return [of, first, last, step](Context& context) {
        return slice(of(context), first(context), last(context), step(context));
    };
}

/// .name and .name(…): methods of texts and dicts come before entries, as Python finds them.
Expression parseMember(WordReader& words, Expression of)
{
    const std::string name = words.peek().kind == Word::Kind::Integer ? words.take().text : words.expectName();
    if (!words.takeSign("("))
        return [of, name](Context& context) {
            const Value value = of(context);
            if (value.undefined())
                throw TemplateProblem(fmt::format("asks for {} of what is not defined", name));
            return subscript(value, name);
        };
    return [of, name, call = parseCall(words)](Context& context) { return callMethod(of(context), name, call.evaluate(context)); };
}

Expression parseFunctionCall(WordReader& words, Expression of, std::string name)
{
    return [of, name = std::move(name), call = parseCall(words)](Context& context) {
        const Value function = of(context);
        if (const auto* held = function.as<std::shared_ptr<Function>>())
            return (**held)(call.evaluate(context));
        throw TemplateProblem(fmt::format("calls {}, which is {}", name, function.kind()));
    };
}

Expression parseFilter(WordReader& words, Expression of)
{
    const std::string name = words.expectName();
    Call call;
    if (words.takeSign("("))
        call = parseCall(words);
    return [of, name, call](Context& context) { return applyFilter(name, of(context), call.evaluate(context)); };
}

/// Whether a test's one argument stands there without brackets: `is equalto 3`.
bool bareArgument(const WordReader& words)
{
    const Word& word = words.peek();
    constexpr std::array<std::string_view, 6> others { "else", "or", "and", "is", "if", "in" };
    if (word.kind == Word::Kind::Name)
        return std::ranges::find(others, word.text) == others.end();
    return word.kind == Word::Kind::String || word.kind == Word::Kind::Integer || word.kind == Word::Kind::Real
        || (word.kind == Word::Kind::Sign && (word.text == "[" || word.text == "{"));
}

Expression parseTest(WordReader& words, Expression of)
{
    const bool negated = words.takeName("not");
    const std::string name = words.expectName();
    Call call;
    if (words.takeSign("("))
        call = parseCall(words);
    else if (bareArgument(words))
        call.positional.push_back(parseUnary(words));
    return [of, name, call, negated](Context& context) {
        return Value(applyTest(name, of(context), call.evaluate(context)) != negated);
    };
}

/// Members, parts and calls.
Expression parsePostfix(WordReader& words)
{
    const std::string name = words.peek().text;
    Expression value = parsePrimary(words);
    for (;;) {
        if (words.takeSign("."))
            value = parseMember(words, std::move(value));
        else if (words.takeSign("["))
            value = parseSubscript(words, std::move(value));
        else if (words.takeSign("("))
            value = parseFunctionCall(words, std::move(value), name);
        else
            return value;
    }
}

Expression parseFilters(WordReader& words, Expression value)
{
    for (;;) {
        if (words.takeSign("|"))
            value = parseFilter(words, std::move(value));
        else if (words.takeName("is"))
            value = parseTest(words, std::move(value));
        else if (words.takeSign("("))
            value = parseFunctionCall(words, std::move(value), "a result");
        else
            return value;
    }
}

Expression negative(Expression of)
{
    return [of = std::move(of)](Context& context) { return calculated("-", std::int64_t(0), of(context)); };
}

Expression parseUnary(WordReader& words, Filters filters)
{
    const Depth depth(words);
    Expression value;
    if (words.takeSign("-"))
        value = negative(parseUnary(words, Filters::No));
    else if (words.takeSign("+"))
        value = parseUnary(words, Filters::No);
    else
        value = parsePostfix(words);
    return filters == Filters::Yes ? parseFilters(words, std::move(value)) : value;
}

/// One level of signs that bind alike, from the left.
template <std::size_t n>
Expression parseLevel(WordReader& words, const std::array<std::string_view, n>& signs, Expression (*tighter)(WordReader&))
{
    Expression left = tighter(words);
    for (;;) {
        const auto sign = std::ranges::find_if(signs, [&](std::string_view text) { return words.isSign(text); });
        if (sign == signs.end())
            return left;
        words.take();
        left = [left, right = tighter(words), text = std::string(*sign)](Context& context) {
            const Value first = left(context);
            return calculated(text, first, right(context));
        };
    }
}

Expression parsePower(WordReader& words)
{
    static constexpr std::array<std::string_view, 1> signs { "**" };
    return parseLevel(words, signs, [](WordReader& more) { return parseUnary(more); });
}

Expression parseProduct(WordReader& words)
{
    static constexpr std::array<std::string_view, 4> signs { "*", "/", "//", "%" };
    return parseLevel(words, signs, parsePower);
}

Expression parseConcatenation(WordReader& words)
{
    static constexpr std::array<std::string_view, 1> signs { "~" };
    return parseLevel(words, signs, parseProduct);
}

Expression parseSum(WordReader& words)
{
    static constexpr std::array<std::string_view, 2> signs { "+", "-" };
    return parseLevel(words, signs, parseConcatenation);
}

using Comparison = bool (*)(const Value&, const Value&);

/// The comparison that stands there, taken; null when none does.
Comparison takeComparison(WordReader& words)
{
    static constexpr std::array<std::pair<std::string_view, Comparison>, 6> all { {
        { "==", [](const Value& a, const Value& b) { return a == b; } },
        { "!=", [](const Value& a, const Value& b) { return !(a == b); } },
        { "<", [](const Value& a, const Value& b) { return less(a, b); } },
        { ">", [](const Value& a, const Value& b) { return less(b, a); } },
        { "<=", [](const Value& a, const Value& b) { return !less(b, a); } },
        { ">=", [](const Value& a, const Value& b) { return !less(a, b); } },
    } };
    for (const auto& [sign, comparison] : all)
        if (words.takeSign(sign))
            return comparison;
    if (words.takeName("in"))
        return [](const Value& a, const Value& b) { return contains(b, a); };
    if (words.isName("not") && words.isName("in", 1)) {
        words.take();
        words.take();
        return [](const Value& a, const Value& b) { return !contains(b, a); };
    }
    return nullptr;
}

/// a < b < c holds when both do.
Expression parseComparison(WordReader& words)
{
    Expression first = parseSum(words);
    std::vector<std::pair<Comparison, Expression>> rest;
    while (const Comparison comparison = takeComparison(words))
        rest.emplace_back(comparison, parseSum(words));
    if (rest.empty())
        return first;
    return [first, rest](Context& context) {
        Value left = first(context);
        for (const auto& [comparison, expression] : rest) {
            Value right = expression(context);
            if (!comparison(left, right))
                return Value(false);
            left = std::move(right);
        }
        return Value(true);
    };
}

Expression parseNot(WordReader& words)
{
    const Depth depth(words);
    if (!words.takeName("not"))
        return parseComparison(words);
    return [of = parseNot(words)](Context& context) { return Value(!of(context).truth()); };
}

Expression parseAnd(WordReader& words)
{
    Expression left = parseNot(words);
    while (words.takeName("and"))
        left = [left, right = parseNot(words)](Context& context) {
            Value first = left(context);
            return first.truth() ? right(context) : first;
        };
    return left;
}

} // namespace

Expression parseCondition(WordReader& words)
{
    Expression left = parseAnd(words);
    while (words.takeName("or"))
        left = [left, right = parseAnd(words)](Context& context) {
            Value first = left(context);
            return first.truth() ? first : right(context);
        };
    return left;
}

Expression parseExpression(WordReader& words)
{
    const Depth depth(words);
    Expression value = parseCondition(words);
    while (words.takeName("if")) {
        Expression condition = parseCondition(words);
        Expression otherwise = words.takeName("else") ? parseExpression(words) : constant({});
        value = [value, condition, otherwise](Context& context) {
            return condition(context).truth() ? value(context) : otherwise(context);
        };
    }
    return value;
}

Expression parseTuple(WordReader& words)
{
    std::vector<Expression> parts { parseExpression(words) };
    bool comma = false;
    while (words.takeSign(",")) {
        comma = true;
        if (words.peek().kind == Word::Kind::EndBlock)
            break;
        parts.push_back(parseExpression(words));
    }
    if (!comma)
        return parts.front();
    return [parts](Context& context) {
        List list;
        for (const Expression& part : parts)
            list.push_back(part(context));
        return Value::list(std::move(list));
    };
}

Call parseCall(WordReader& words)
{
    Call call;
    while (!words.isSign(")")) {
        if (words.isSign("*") || words.isSign("**"))
            words.fail("spreads arguments with *");
        if (words.peek().kind == Word::Kind::Name && words.isSign("=", 1)) {
            const std::string name = words.take().text;
            words.take();
            call.named.emplace_back(name, parseExpression(words));
        } else {
            call.positional.push_back(parseExpression(words));
        }
        if (!words.takeSign(","))
            break;
    }
    words.expectSign(")");
    return call;
}

Arguments Call::evaluate(Context& context) const
{
    Arguments arguments;
    for (const Expression& argument : positional)
        arguments.positional.push_back(argument(context));
    for (const auto& [name, argument] : named)
        arguments.named.emplace_back(name, argument(context));
    return arguments;
}

} // namespace headlight::chat
