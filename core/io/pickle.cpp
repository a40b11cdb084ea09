#include "core/io/pickle.h"

#include "core/io/byte_reader.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace headlight {
namespace {

using Kind = PickleNode::Kind;

/// A checkpoint of a thousand layers needs a tenth of this; more would take the machine's memory.
constexpr std::size_t mostNodes = 4'000'000;

/// The stack machine a pickle is a program for. A step that fails leaves its reason in m_problem.
class PickleReader {
public:
    PickleReader(std::span<const std::byte> bytes, const PickleGlobals& allowed, std::string_view where)
        : m_reader(bytes)
        , m_allowed(allowed)
        , m_where(where)
    {
    }

    Expected<Pickle> read()
    {
        for (;;) {
            const auto code = m_reader.take<std::uint8_t>();
            if (m_reader.failed())
                damage("ends too early");
            else if (code == '.')
                break;
            else if (!constant(code) && !container(code) && !memory(code) && !object(code))
                refuse(fmt::format("uses the pickle instruction {:#04x}, which no saved state needs", code));
            if (m_reader.failed())
                damage("ends too early");
            if (std::max(
                    { m_pickle.nodes.size(), m_itemsAdded, m_marks.size(), m_stack.size(), m_memory.size() })
                > mostNodes)
                damage("is larger than any saved state");
            if (m_problem)
                return *m_problem;
        }
        m_pickle.root = pop();
        m_pickle.size = m_reader.position();
        if (m_problem)
            return *m_problem;
        return std::move(m_pickle);
    }

private:
    void damage(std::string_view what)
    {
        fail(ErrorKind::BadFile, fmt::format("{}: its pickle {}: damaged?", m_where, what));
    }
    void refuse(std::string_view what)
    {
        fail(ErrorKind::Unsupported,
            fmt::format(
                "{} {}; Headlight only builds tensors from such files and runs nothing.", m_where, what));
    }
    void fail(ErrorKind kind, std::string message)
    {
        if (!m_problem)
            m_problem = Error{ kind, std::move(message) };
    }

    PickleNode& push(Kind kind)
    {
        PickleNode& node = m_pickle.nodes.emplace_back();
        node.kind = kind;
        m_stack.push_back(&node);
        return node;
    }
    void pushInteger(std::int64_t value) { push(Kind::Integer).integer = value; }
    void pushText(std::string_view text) { push(Kind::Text).text = text; }
    /// A None stands in for what is missing.
    PickleNode* pop()
    {
        if (m_stack.empty() || (!m_marks.empty() && m_stack.size() <= m_marks.back())) {
            damage("takes more than it made");
            return &m_pickle.nodes.emplace_back();
        }
        PickleNode* node = m_stack.back();
        m_stack.pop_back();
        return node;
    }
    std::vector<const PickleNode*> popMarked()
    {
        if (m_marks.empty()) {
            damage("takes more than it made");
            return {};
        }
        const auto first = m_stack.begin() + std::ptrdiff_t(m_marks.back());
        m_marks.pop_back();
        std::vector<const PickleNode*> items(first, m_stack.end());
        m_stack.erase(first, m_stack.end());
        return items;
    }

    void pushLong(std::string_view bytes);
    void pushReal();
    bool constant(std::uint8_t code);
    void tuple(std::size_t count);
    void extend(Kind kind, const std::vector<const PickleNode*>& items);
    void extendPair(Kind kind, std::size_t count);
    bool container(std::uint8_t code);
    void remember(std::uint64_t index);
    void recall(std::uint64_t index);
    bool memory(std::uint8_t code);
    void global(std::string_view module, std::string_view name);
    void globalFromStack();
    void call();
    bool object(std::uint8_t code);

    ByteReader m_reader;
    const PickleGlobals& m_allowed;
    std::string m_where;
    Pickle m_pickle;
    std::vector<PickleNode*> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint64_t, PickleNode*> m_memory;
    std::size_t m_itemsAdded = 0;
    std::optional<Error> m_problem;
};

/// Little-endian two's complement.
void PickleReader::pushLong(std::string_view bytes)
{
    if (bytes.size() > 8) {
        push(Kind::LongInteger).text = bytes;
        return;
    }
    std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t(0) : 0;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&value));
    pushInteger(std::int64_t(value));
}

/// The one big-endian number of the format.
void PickleReader::pushReal()
{
    const std::uint64_t bits = __builtin_bswap64(m_reader.take<std::uint64_t>());
    push(Kind::Real).real = std::bit_cast<double>(bits);
}

bool PickleReader::constant(std::uint8_t code)
{
    switch (code) {
    case 'N':
        return push(Kind::None), true;
    case 0x88: // True, False
    case 0x89:
        return push(Kind::Bool).integer = code == 0x88, true;
    case 'K':
        return pushInteger(m_reader.take<std::uint8_t>()), true;
    case 'M':
        return pushInteger(m_reader.take<std::uint16_t>()), true;
    case 'J':
        return pushInteger(m_reader.take<std::int32_t>()), true;
    case 0x8a: // LONG1
        return pushLong(m_reader.text(m_reader.take<std::uint8_t>())), true;
    case 'G':
        return pushReal(), true;
    case 'U': // short str and bytes
    case 'C':
    case 0x8c:
        return pushText(m_reader.text(m_reader.take<std::uint8_t>())), true;
    case 'T':
    case 'B':
    case 'X':
        return pushText(m_reader.text(m_reader.take<std::uint32_t>())), true;
    case 0x8d: // BINUNICODE8
        return pushText(m_reader.text(m_reader.take<std::uint64_t>())), true;
    default:
        return false;
    }
}

void PickleReader::tuple(std::size_t count)
{
    std::vector<const PickleNode*> items(count);
    for (std::size_t i = count; i-- > 0;)
        items[i] = pop();
    push(Kind::Tuple).items = std::move(items);
}

/// Adds to the list or dict on the stack; an OrderedDict is a call whose result is filled.
void PickleReader::extend(Kind kind, const std::vector<const PickleNode*>& items)
{
    PickleNode* target = pop();
    const bool fits = target->kind == kind || (kind == Kind::Dict && target->kind == Kind::Call);
    if (!fits || (kind == Kind::Dict && items.size() % 2 != 0))
        return damage("adds to what is no container");
    target->items.insert(target->items.end(), items.begin(), items.end());
    m_itemsAdded += items.size();
    m_stack.push_back(target);
}

void PickleReader::extendPair(Kind kind, std::size_t count)
{
    std::vector<const PickleNode*> items(count);
    for (std::size_t i = count; i-- > 0;)
        items[i] = pop();
    extend(kind, items);
}

bool PickleReader::container(std::uint8_t code)
{
    switch (code) {
    case '(':
        return m_marks.push_back(m_stack.size()), true;
    case '0': // POP
        return pop(), true;
    case ')':
        return push(Kind::Tuple), true;
    case 0x85: // TUPLE1 to TUPLE3
    case 0x86:
    case 0x87:
        return tuple(code - 0x84u), true;
    case 't': {
        auto items = popMarked();
        push(Kind::Tuple).items = std::move(items);
        return true;
    }
    case ']':
        return push(Kind::List), true;
    case '}':
        return push(Kind::Dict), true;
    case 'a':
        return extendPair(Kind::List, 1), true;
    case 'e':
        return extend(Kind::List, popMarked()), true;
    case 's':
        return extendPair(Kind::Dict, 2), true;
    case 'u':
        return extend(Kind::Dict, popMarked()), true;
    default:
        return false;
    }
}

void PickleReader::remember(std::uint64_t index)
{
    PickleNode* node = pop();
    m_memory[index] = node;
    m_stack.push_back(node);
}

void PickleReader::recall(std::uint64_t index)
{
    const auto found = m_memory.find(index);
    if (found == m_memory.end())
        return damage("recalls what it never kept");
    m_stack.push_back(found->second);
}

bool PickleReader::memory(std::uint8_t code)
{
    switch (code) {
    case 'q':
        return remember(m_reader.take<std::uint8_t>()), true;
    case 'r':
        return remember(m_reader.take<std::uint32_t>()), true;
    case 0x94: // MEMOIZE
        return remember(m_memory.size()), true;
    case 'h':
        return recall(m_reader.take<std::uint8_t>()), true;
    case 'j':
        return recall(m_reader.take<std::uint32_t>()), true;
    default:
        return false;
    }
}

void PickleReader::global(std::string_view module, std::string_view name)
{
    constexpr std::size_t shown = 60; // of a name that may be megabytes of anything
    if (!m_allowed(module, name))
        return refuse(fmt::format("asks for {}.{}", module.substr(0, shown), name.substr(0, shown)));
    PickleNode& node = push(Kind::Global);
    node.module = module;
    node.text = name;
}

void PickleReader::globalFromStack()
{
    const PickleNode* name = pop();
    const PickleNode* module = pop();
    if (name->kind != Kind::Text || module->kind != Kind::Text)
        return damage("names a function by what is no text");
    global(module->text, name->text);
}

void PickleReader::call()
{
    const PickleNode* arguments = pop();
    const PickleNode* function = pop();
    if (function->kind != Kind::Global || arguments->kind != Kind::Tuple)
        return refuse("asks to call what is no function");
    push(Kind::Call).items = { function, arguments };
}

bool PickleReader::object(std::uint8_t code)
{
    switch (code) {
    case 0x80: // PROTO, FRAME: nothing is read differently
        return m_reader.take<std::uint8_t>(), true;
    case 0x95:
        return m_reader.take<std::uint64_t>(), true;
    case 'c': {
        const std::string_view module = m_reader.line();
        const std::string_view name = m_reader.line();
        if (!m_reader.failed())
            global(module, name);
        return true;
    }
    case 0x93: // STACK_GLOBAL
        return globalFromStack(), true;
    case 'R':
        return call(), true;
    case 'Q': { // BINPERSID
        const PickleNode* id = pop();
        push(Kind::Persistent).items = { id };
        return true;
    }
    case 'b': { // BUILD: attributes, which data do without (a state dict's _metadata)
        pop();
        PickleNode* target = pop();
        if (target->kind != Kind::Call && target->kind != Kind::Dict)
            damage("sets attributes of what has none");
        m_stack.push_back(target);
        return true;
    }
    default:
        return false;
    }
}

} // namespace

Expected<Pickle> readPickle(
    std::span<const std::byte> bytes, const PickleGlobals& allowed, std::string_view where)
{
    return PickleReader(bytes, allowed, where).read();
}

} // namespace headlight
