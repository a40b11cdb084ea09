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
    std::vector<int> pictures = {}; ///< in front of the text: which of those that come with the conversation
    friend bool operator==(const ChatTurn&, const ChatTurn&) = default;
};

class ChatTemplate {
public:
    /// `tokens` are what the template may name: bos_token, eos_token ... Errors: Unsupported, naming construct and line.
    static Expected<ChatTemplate> parse(std::string_view source, std::map<std::string, std::string> tokens);
    /// The one a checkpoint brings: chat_template.jinja, or in chat_template.json (of models that see), processor_config.json
    /// or tokenizer_config.json (the one called "default" of several). None when it has none. Errors: BadFile, Unsupported.
    static Expected<std::optional<ChatTemplate>> open(const std::filesystem::path& folder);

    enum class Reply { Begun, No };
    /// The conversation as text; with Begun it ends where the assistant is to go on. `now`: seconds since 1970, for
    /// templates that tell the date. A template that places pictures gets what turns say as a list of parts, as processors
    /// pass it; in other templates `picture` is written before the text for each. Errors: BadInput with what the template
    /// says of these turns; Unsupported.
    Expected<std::string> apply(
        std::span<const ChatTurn> turns, Reply reply, std::int64_t now, std::string_view picture = {}) const;

private:
    struct Program;
    /// What a turn says as the template gets it: a text, or [{"type": "image"}, {"type": "text", "text": ...}].
    enum class Content { Text, Parts };
    Content contentFor(std::span<const ChatTurn> turns, std::int64_t now) const;
    bool carries(Content content, std::int64_t now) const;
    bool placesPictures(std::int64_t now) const;
    Expected<std::string> run(std::span<const ChatTurn> turns, Content content, Reply reply, std::int64_t now) const;
    explicit ChatTemplate(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> m_program;
};

} // namespace headlight
