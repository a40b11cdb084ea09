#pragma once
// A BERT that can be opened and fed text: a reference checkpoint of 128 words with a vocabulary of our own beside it.

#include "core/io/json.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

namespace headlight::test {

/// [PAD], [UNK], [CLS], [SEP], [MASK], the letters a to z, then ##a to ##z, then words, up to 128.
inline std::string tinyVocabulary()
{
    std::string lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (const char* prefix : { "", "##" })
        for (char letter = 'a'; letter <= 'z'; ++letter)
            lines += prefix + std::string(1, letter) + '\n';
    lines += "the\ncat\nsat\non\nmat\ndog\n.\n?\n!\n";
    for (int i = 66; i < 128; ++i)
        lines += "word" + std::to_string(i) + '\n';
    return lines;
}

/// A copy of tests/golden/<name>, with a vocabulary.
class TinyModel : public ScratchFolder {
public:
    explicit TinyModel(const char* name = "bert_mlm")
        : ScratchFolder(sourcePath("tests/golden/") + name)
    {
        writeBytes(*this / "vocab.txt", tinyVocabulary());
    }
    void change(const std::string& key, const Json& value) const
    {
        Json config = Json::parse(readBytes(*this / "config.json"));
        config[key] = value;
        writeBytes(*this / "config.json", config.dump());
    }
};

} // namespace headlight::test
