#pragma once
// A small model that writes, with a chat template of our own: the reference checkpoint of children's stories,
// its tokenizer, and one of the templates of tests/golden/chat.

#include "core/io/json.h"
#include "core/text/chat/chat_template.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

namespace headlight::test {

/// tests/golden/chat/templates.json.
inline const Json& chatCases()
{
    static const Json cases =
        Json::parse(readBytes(sourcePath("tests/golden/chat/templates.json").toStdString()));
    return cases;
}

inline std::string chatSource(const std::string& name)
{
    return chatCases().at("templates").at(name).get<std::string>();
}

/// One of the conversations of templates.json.
inline std::vector<ChatTurn> chatTurns(const Json& name)
{
    std::vector<ChatTurn> turns;
    for (const Json& turn : chatCases().at("turns").at(name.get<std::string>()))
        turns.push_back({ turn.at(0).get<std::string>(), turn.at(1).get<std::string>() });
    return turns;
}

class ChatModel : public ScratchFolder {
public:
    explicit ChatModel(const std::string& source = chatSource("chatml"))
        : ScratchFolder(sourcePath("tests/golden/stories260K"))
    {
        std::filesystem::copy(sourcePath("tests/golden/tokenizers/stories260K/tokenizer.json").toStdString(),
            *this / "tokenizer.json");
        setTemplate(source);
    }
    void setTemplate(const std::string& source) const
    {
        Json config = chatCases().at("tokens");
        config["chat_template"] = source;
        writeBytes(*this / "tokenizer_config.json", config.dump());
    }
    std::string folder() const { return path().string(); }
};

} // namespace headlight::test
