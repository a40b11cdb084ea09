#pragma once
// What a template runs in: names, output, and limits that a hostile template cannot pass.

#include "core/text/chat/template_value.h"

#include <map>

namespace headlight::chat {

class Context {
public:
    enum class Flow { On, Break, Continue };
    using Names = std::map<std::string, Value, std::less<>>;

    explicit Context(Names globals) { m_frames.push_back(std::move(globals)); }

    /// Innermost first; what nobody set is undefined.
    Value get(const std::string& name) const;
    void set(const std::string& name, Value value) { m_frames.back().insert_or_assign(name, std::move(value)); }
    /// Runs `body` with names of its own: a loop, or with `fresh` a macro, which sees the outermost names only.
    void inFrame(const std::function<void()>& body, bool fresh = false);

    /// Problems: more output than any conversation.
    void print(const std::string& text);
    /// What `body` prints, as a text.
    std::string captured(const std::function<void()>& body);
    /// Called for every statement and turn of a loop. Problems: a template that does not end.
    void step();

    Flow flow = Flow::On; ///< set by break and continue, until their loop takes it
    std::string output;

private:
    std::vector<Names> m_frames;
    std::size_t m_steps = 0, m_depth = 0;
};

using Expression = std::function<Value(Context&)>;
using Statement = std::function<void(Context&)>;

/// Runs them until one breaks out of a loop.
void runAll(const std::vector<Statement>& statements, Context& context);

} // namespace headlight::chat
