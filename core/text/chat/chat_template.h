#pragma once
// A model's chat template: turns of a conversation → the text the model was trained on. The language is the part of Jinja
// that templates use; nothing else of Python can be reached from it. What is outside is an error that names it.

#include "core/base/expected.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

struct ChatTurn {
    std::string role; ///< "system", "user", "assistant"
    std::string text;
    friend bool operator==(const ChatTurn&, const ChatTurn&) = default;
};

class ChatTemplate {
public:
    /// `tokens` are what the template may name: bos_token, eos_token ... Errors: Unsupported, naming construct and line.
    static Expected<ChatTemplate> parse(std::string_view source, std::map<std::string, std::string> tokens);
    /// The one a checkpoint brings: chat_template.jinja, or in tokenizer_config.json (the one called "default" of
    /// several). None when it has none. Errors: BadFile, Unsupported.
    static Expected<std::optional<ChatTemplate>> open(const std::filesystem::path& folder);

    enum class Reply { Begun, No };
    /// The conversation as text; with Begun it ends where the assistant is to go on. `now`: seconds since 1970, for
    /// templates that tell the date. Errors: BadInput with what the template says of these turns; Unsupported.
    Expected<std::string> apply(std::span<const ChatTurn> turns, Reply reply, std::int64_t now) const;

private:
    struct Program;
    explicit ChatTemplate(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> m_program;
};

} // namespace headlight
