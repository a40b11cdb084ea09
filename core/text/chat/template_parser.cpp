#include "core/text/chat/template_parser.h"

#include "core/text/chat/expression_parser.h"
#include "core/text/chat/template_functions.h"

#include <algorithm>
#include <fmt/format.h>

namespace headlight::chat {
namespace {

using Statements = std::vector<Statement>;

constexpr int deepest = 100; ///< blocks within blocks

class Parser {
public:
    explicit Parser(std::span<const Word> words)
        : m_words(words)
    {
    }

    Statements all()
    {
        Statements statements = body({});
        if (m_words.peek().kind != Word::Kind::End)
            m_words.fail(fmt::format("has {{% {} %}} where none is open", m_words.peek(1).text));
        return statements;
    }

private:
    /// Statements up to a block of one of these names, which is left standing.
    Statements body(std::initializer_list<std::string_view> ends)
    {
        if (++m_depth > deepest)
            m_words.fail("is nested too deeply");
        Statements statements;
        while (m_words.peek().kind != Word::Kind::End) {
            if (m_words.peek().kind == Word::Kind::BeginBlock) {
                const std::string& name = m_words.peek(1).text;
                const bool ended = std::ranges::find(ends, name) != ends.end();
                if (ended || name.starts_with("end") || name == "else" || name == "elif") {
                    if (!ended && ends.size() > 0)
                        m_words.fail(fmt::format("has {{% {} %}} where {{% {} %}} belongs", name, *std::prev(ends.end())));
                    break;
                }
            }
            if (Statement statement = next())
                statements.push_back(std::move(statement));
        }
        if (ends.size() > 0 && m_words.peek().kind == Word::Kind::End)
            m_words.fail(fmt::format("lacks {{% {} %}}", *std::prev(ends.end())));
        --m_depth;
        return statements;
    }

    Statement next()
    {
        const Word word = m_words.take();
        if (word.kind == Word::Kind::Text)
            return [text = word.text](Context& context) { context.print(text); };
        if (word.kind == Word::Kind::BeginPrint) {
            Expression value = parseTuple(m_words);
            m_words.expect(Word::Kind::EndPrint, "the end of {{ }}");
            return [value](Context& context) { context.print(value(context).printed()); };
        }
        const std::string name = m_words.expectName();
        if (name == "if")
            return ifBlock();
        if (name == "for")
            return forBlock();
        if (name == "set")
            return setBlock();
        if (name == "macro")
            return macroBlock();
        if (name == "generation") // marks what the model wrote, for training
            return generationBlock();
        if (name == "break" || name == "continue") {
            endTag();
            const auto flow = name == "break" ? Context::Flow::Break : Context::Flow::Continue;
            return [flow](Context& context) { context.flow = flow; };
        }
        m_words.fail(fmt::format("uses {{% {} %}}", name));
    }

    void endTag() { m_words.expect(Word::Kind::EndBlock, "the end of the tag"); }
    /// {% name %}
    void closing(std::string_view name)
    {
        m_words.expect(Word::Kind::BeginBlock, "a tag");
        if (!m_words.takeName(name))
            m_words.fail(fmt::format("lacks {{% {} %}}", name));
        endTag();
    }

    Statement ifBlock()
    {
        Expression condition = parseExpression(m_words);
        endTag();
        Statements then = body({ "elif", "else", "endif" });
        m_words.take(); // {%
        const std::string name = m_words.take().text;
        Statements otherwise;
        if (name == "elif") {
            otherwise.push_back(ifBlock());
        } else {
            endTag();
            if (name == "else") {
                otherwise = body({ "endif" });
                closing("endif");
            }
        }
        return [condition, then, otherwise](Context& context) { runAll(condition(context).truth() ? then : otherwise, context); };
    }

    struct Loop {
        std::vector<std::string> names;
        Expression over, condition;
        Statements body, otherwise;
    };

    Statement forBlock()
    {
        Loop loop;
        const bool brackets = m_words.takeSign("(");
        do
            loop.names.push_back(m_words.expectName());
        while (m_words.takeSign(","));
        if (brackets)
            m_words.expectSign(")");
        if (!m_words.takeName("in"))
            m_words.fail("has a loop without \"in\"");
        loop.over = parseCondition(m_words);
        if (m_words.takeName("if"))
            loop.condition = parseExpression(m_words);
        if (m_words.isName("recursive"))
            m_words.fail("uses a recursive loop");
        endTag();
        loop.body = body({ "else", "endfor" });
        m_words.take();
        const bool otherwise = m_words.take().text == "else";
        endTag();
        if (otherwise) {
            loop.otherwise = body({ "endfor" });
            closing("endfor");
        }
        return [loop](Context& context) { runLoop(loop, context); };
    }

    static void bind(const std::vector<std::string>& names, const Value& item, Context& context)
    {
        if (names.size() == 1)
            return context.set(names.front(), item);
        const List parts = iterated(item);
        if (parts.size() != names.size())
            throw TemplateProblem(fmt::format("takes {} parts of what has {}", names.size(), parts.size()));
        for (std::size_t i = 0; i < names.size(); ++i)
            context.set(names[i], parts[i]);
    }

    static Value loopState(const List& items, std::size_t i)
    {
        const auto index = std::int64_t(i), count = std::int64_t(items.size());
        return Value::dict({ { "index", index + 1 }, { "index0", index }, { "revindex", count - index }, { "revindex0", count - index - 1 },
            { "first", i == 0 }, { "last", i + 1 == items.size() }, { "length", count },
            { "previtem", i == 0 ? Value(Undefined { "loop.previtem" }) : items[i - 1] },
            { "nextitem", i + 1 == items.size() ? Value(Undefined { "loop.nextitem" }) : items[i + 1] } });
    }

    static void runLoop(const Loop& loop, Context& context)
    {
        List items = iterated(loop.over(context));
        if (loop.condition)
            std::erase_if(items, [&](const Value& item) {
                bool passes = false;
                context.inFrame([&] {
                    bind(loop.names, item, context);
                    passes = loop.condition(context).truth();
                });
                return !passes;
            });
        if (items.empty())
            return runAll(loop.otherwise, context);
        for (std::size_t i = 0; i < items.size() && context.flow != Context::Flow::Break; ++i) {
            context.step();
            context.flow = Context::Flow::On;
            context.inFrame([&] {
                bind(loop.names, items[i], context);
                context.set("loop", loopState(items, i));
                runAll(loop.body, context);
            });
        }
        context.flow = Context::Flow::On;
    }

    /// {% set a, b = … %}, {% set ns.a = … %}, {% set a %} … {% endset %}
    Statement setBlock()
    {
        std::vector<std::string> names { m_words.expectName() };
        if (m_words.takeSign(".")) {
            const std::string member = m_words.expectName();
            m_words.expectSign("=");
            Expression value = parseTuple(m_words);
            endTag();
            return [name = names.front(), member, value](Context& context) { setMember(name, member, value(context), context); };
        }
        while (m_words.takeSign(","))
            names.push_back(m_words.expectName());
        if (m_words.takeSign("=")) {
            Expression value = parseTuple(m_words);
            endTag();
            return [names, value](Context& context) { bind(names, value(context), context); };
        }
        endTag();
        Statements content = body({ "endset" });
        closing("endset");
        return [name = names.front(), content](Context& context) {
            context.set(name, context.captured([&] { runAll(content, context); }));
        };
    }

    static void setMember(const std::string& name, const std::string& member, Value value, Context& context)
    {
        const Value holder = context.get(name);
        Dict* entries = holder.entries(); // shared: every name of a namespace sees the change
        if (entries == nullptr)
            throw TemplateProblem(fmt::format("sets {}.{}, but {} is {}", name, member, name, holder.kind()));
        if (Value* known = find(*entries, member))
            *known = std::move(value);
        else
            entries->emplace_back(member, std::move(value));
    }

    struct Macro {
        std::string name;
        std::vector<std::pair<std::string, Expression>> parameters; ///< with their defaults
        Statements body;
    };

    Statement macroBlock()
    {
        Macro macro { m_words.expectName(), {}, {} };
        m_words.expectSign("(");
        while (!m_words.isSign(")")) {
            const std::string parameter = m_words.expectName();
            macro.parameters.emplace_back(parameter, m_words.takeSign("=") ? parseExpression(m_words) : Expression());
            if (!m_words.takeSign(","))
                break;
        }
        m_words.expectSign(")");
        endTag();
        macro.body = body({ "endmacro" });
        closing("endmacro");
        const auto shared = std::make_shared<const Macro>(std::move(macro));
        return [shared](Context& context) {
            context.set(shared->name, std::make_shared<Function>([shared, &context](const Arguments& given) {
                return callMacro(*shared, given, context);
            }));
        };
    }

    static Value callMacro(const Macro& macro, const Arguments& given, Context& context)
    {
        std::string written;
        context.inFrame(
            [&] {
                for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
                    const auto& [name, fallback] = macro.parameters[i];
                    const Value* value = given.find(i, name);
                    context.set(name, value != nullptr ? *value : fallback ? fallback(context) : Value(Undefined { name }));
                }
                written = context.captured([&] { runAll(macro.body, context); });
            },
            true);
        return written;
    }

    Statement generationBlock()
    {
        endTag();
        Statements content = body({ "endgeneration" });
        closing("endgeneration");
        return [content](Context& context) { runAll(content, context); };
    }

    WordReader m_words;
    int m_depth = 0;
};

} // namespace

std::vector<Statement> parseTemplate(std::string_view source)
{
    return Parser(cutTemplate(source)).all();
}

} // namespace headlight::chat
