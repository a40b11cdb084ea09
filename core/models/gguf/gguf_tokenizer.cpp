#include "core/models/gguf/gguf_tokenizer.h"

namespace headlight {
namespace {

/// Keys without their common beginning, "tokenizer.ggml.".
class VocabularyReader {
public:
    explicit VocabularyReader(const GgufFile& file)
        : m_file(file)
    {
    }

    VocabularyData read() const
    {
        VocabularyData data;
        data.source = m_file.path().string();
        data.model = text("model");
        data.preTokenizer = text("pre");
        data.tokens = texts("tokens");
        data.merges = texts("merges");
        data.scores = numbers<double, float>("scores");
        data.types = numbers<std::int64_t, std::int32_t>("token_type");
        data.special = special();
        data.addBos = flag("add_bos_token");
        data.addEos = flag("add_eos_token");
        data.addSpacePrefix = flag("add_space_prefix");
        data.removeExtraSpaces = flag("remove_extra_whitespaces");
        const std::vector<char> bytes = numbers<std::int64_t, char>("precompiled_charsmap");
        data.charsmap.assign(bytes.begin(), bytes.end());
        return data;
    }

private:
    template <typename T>
    const T* find(std::string_view key) const
    {
        return m_file.find<T>(fmt::format("tokenizer.ggml.{}", key));
    }
    std::string text(std::string_view key) const
    {
        const auto* found = find<std::string_view>(key);
        return found == nullptr ? std::string() : std::string(*found);
    }
    std::vector<std::string> texts(std::string_view key) const
    {
        const auto* found = find<std::vector<std::string_view>>(key);
        return found == nullptr ? std::vector<std::string>() : std::vector<std::string>(found->begin(), found->end());
    }
    template <typename Stored, typename T>
    std::vector<T> numbers(std::string_view key) const
    {
        const auto* found = find<std::vector<Stored>>(key);
        std::vector<T> values;
        if (found != nullptr)
            std::transform(found->begin(), found->end(), std::back_inserter(values), [](Stored value) { return T(value); });
        return values;
    }
    std::optional<bool> flag(std::string_view key) const
    {
        const bool* found = find<bool>(key);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    std::optional<std::int64_t> id(std::string_view key) const
    {
        const auto* found = find<std::int64_t>(key);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    SpecialTokenIds special() const
    {
        SpecialTokenIds ids;
        ids.bos = id("bos_token_id");
        ids.eos = id("eos_token_id");
        ids.unk = id("unknown_token_id");
        ids.sep = id("seperator_token_id"); // spelled so by the format
        ids.pad = id("padding_token_id");
        ids.cls = id("cls_token_id");
        ids.mask = id("mask_token_id");
        return ids;
    }

    const GgufFile& m_file;
};

} // namespace

Expected<std::shared_ptr<const Tokenizer>> ggufTokenizer(const GgufFile& file)
{
    VocabularyData data = VocabularyReader(file).read();
    if (data.tokens.empty())
        return std::shared_ptr<const Tokenizer>();
    return makeTokenizer(std::move(data));
}

} // namespace headlight
