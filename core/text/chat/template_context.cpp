#include "core/text/chat/template_context.h"

namespace headlight::chat {
namespace {

constexpr std::size_t mostSteps = 2'000'000, mostOutput = 32u << 20, deepest = 200;

} // namespace

Value Context::get(const std::string& name) const
{
    for (auto frame = m_frames.rbegin(); frame != m_frames.rend(); ++frame)
        if (const auto found = frame->find(name); found != frame->end())
            return found->second;
    return Undefined { name };
}

void Context::inFrame(const std::function<void()>& body, bool fresh)
{
    if (++m_depth > deepest)
        throw TemplateProblem("calls itself without end");
    std::vector<Names> hidden;
    if (fresh) {
        hidden.assign(m_frames.begin() + 1, m_frames.end());
        m_frames.resize(1);
    }
    m_frames.emplace_back();
    body();
    m_frames.pop_back();
    m_frames.insert(m_frames.end(), hidden.begin(), hidden.end());
    --m_depth;
}

void Context::print(const std::string& text)
{
    if (output.size() + text.size() > mostOutput)
        throw TemplateProblem("writes more than 32 MB");
    output += text;
}

std::string Context::captured(const std::function<void()>& body)
{
    std::string before = std::exchange(output, {});
    body();
    return std::exchange(output, std::move(before));
}

void Context::step()
{
    if (++m_steps > mostSteps)
        throw TemplateProblem("does not end");
}

void runAll(const std::vector<Statement>& statements, Context& context)
{
    for (const Statement& statement : statements) {
        if (context.flow != Context::Flow::On)
            return;
        context.step();
        statement(context);
    }
}

} // namespace headlight::chat
