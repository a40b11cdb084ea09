#include "core/text/formats/sentencepiece_families.h"

namespace headlight {
namespace {

const std::vector<std::string_view> mbartLanguages{ "ar_AR", "cs_CZ", "de_DE", "en_XX", "es_XX", "et_EE",
    "fi_FI", "fr_XX", "gu_IN", "hi_IN", "it_IT", "ja_XX", "kk_KZ", "ko_KR", "lt_LT", "lv_LV", "my_MM",
    "ne_NP", "nl_XX", "ro_RO", "ru_RU", "si_LK", "tr_TR", "vi_VN", "zh_CN" };

std::vector<std::string_view> mbart50Languages()
{
    std::vector<std::string_view> all = mbartLanguages;
    all.insert(all.end(),
        { "af_ZA", "az_AZ", "bn_IN", "fa_IR", "he_IL", "hr_HR", "id_ID", "ka_GE", "km_KH", "mk_MK", "ml_IN",
            "mn_MN", "mr_IN", "pl_PL", "ps_AF", "pt_XX", "sv_SE", "sw_KE", "ta_IN", "te_IN", "th_TH", "tl_XX",
            "uk_UA", "ur_PK", "xh_ZA", "gl_ES", "sl_SI" });
    return all;
}

const std::vector<std::string_view> m2mLanguages{ "af", "am", "ar", "ast", "az", "ba", "be", "bg", "bn", "br",
    "bs", "ca", "ceb", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "ff", "fi", "fr", "fy", "ga",
    "gd", "gl", "gu", "ha", "he", "hi", "hr", "ht", "hu", "hy", "id", "ig", "ilo", "is", "it", "ja", "jv",
    "ka", "kk", "km", "kn", "ko", "lb", "lg", "ln", "lo", "lt", "lv", "mg", "mk", "ml", "mn", "mr", "ms",
    "my", "ne", "nl", "no", "ns", "oc", "or", "pa", "pl", "ps", "pt", "ro", "ru", "sd", "si", "sk", "sl",
    "so", "sq", "sr", "ss", "su", "sv", "sw", "ta", "th", "tl", "tn", "tr", "uk", "ur", "uz", "vi", "wo",
    "xh", "yi", "yo", "zh", "zu" };

const Frame bertFrame{ "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1" };
const std::vector<std::string_view> bertTokens{ "[CLS]", "[SEP]", "[PAD]", "<pad>", "<unk>", "[UNK]",
    "[MASK]" };
const std::vector<std::string_view> fairseqTokens{ "<s>", "<pad>", "</s>", "<unk>" };

/// The first that fits is taken, so MBart50 stands before MBart.
const std::vector<SentencePieceFamily> families{
    { "Marian", "Marian", { "marian" }, PieceNumbering::VocabularyJson, { "$A </s>", "$A $B </s>" },
        { "</s>", "<unk>", "<pad>" }, {}, "", "", false },
    { "T5", "T5", { "t5", "mt5", "longt5", "umt5" }, PieceNumbering::AsInFile,
        { "$A </s>", "$A </s> $B </s>" }, { "<pad>", "</s>", "<unk>" }, {}, "", "", true },
    { "SigLIP", "Siglip", { "siglip", "siglip_text_model" }, PieceNumbering::AsInFile,
        { "$A </s>", "$A </s> $B </s>" }, { "</s>", "<unk>" }, {}, "", "", false },
    { "ALBERT", "Albert", { "albert" }, PieceNumbering::AsInFile, bertFrame, bertTokens, {}, "", "", false },
    { "BigBird", "BigBird", { "big_bird" }, PieceNumbering::AsInFile, bertFrame, bertTokens, {}, "", "",
        false },
    { "DeBERTa", "DebertaV2", { "deberta-v2" }, PieceNumbering::AsInFile, bertFrame, bertTokens, {}, "",
        "[MASK]", false },
    { "mBART-50", "MBart50", {}, PieceNumbering::Fairseq, { "@ $A </s>", "@ $A $B </s>" }, fairseqTokens,
        mbart50Languages(), "", "<mask>", false },
    { "mBART", "MBart", { "mbart" }, PieceNumbering::Fairseq, { "$A </s> @", "$A $B </s> @" }, fairseqTokens,
        mbartLanguages, "", "<mask>", false },
    { "M2M100", "M2M100", { "m2m_100" }, PieceNumbering::VocabularyJson, { "@ $A </s>", "@ $A $B </s>" },
        fairseqTokens, m2mLanguages, "__", "", false },
    { "XLM-R", "XLMRoberta", { "xlm-roberta", "xlm-roberta-xl" }, PieceNumbering::Fairseq,
        { "<s> $A </s>", "<s> $A </s> </s> $B </s>" }, fairseqTokens, {}, "", "<mask>", false },
    { "Gemma", "Gemma", { "gemma", "gemma2" }, PieceNumbering::AsInFile,
        { "<bos> $A", "<bos> $A <bos>:1 $B:1" }, { "<pad>", "<eos>", "<bos>", "<unk>" }, {}, "", "", false },
    { "Llama", "Llama", { "llama", "mistral", "phi3", "stablelm" }, PieceNumbering::AsInFile,
        { "<s> $A", "<s> $A <s>:1 $B:1" }, { "<unk>", "<s>", "</s>" }, {}, "", "", false },
};

const SentencePieceFamily& named(std::string_view name)
{
    return *std::find_if(
        families.begin(), families.end(), [&](const auto& family) { return family.name == name; });
}

} // namespace

const SentencePieceFamily& sentencePieceFamily(
    const TokenizerConfig& config, const SentencePieceModel& model, const std::string& fileName)
{
    for (const SentencePieceFamily& family : families)
        if (config.tokenizerClass.find(family.classPart) != std::string::npos)
            return family;
    for (const SentencePieceFamily& family : families)
        if (std::find(family.modelTypes.begin(), family.modelTypes.end(), config.modelType)
            != family.modelTypes.end())
            return family;
    if (model.find("[CLS]") >= 0 && model.find("[SEP]") >= 0)
        return named("ALBERT");
    if (model.find("<bos>") >= 0)
        return named("Gemma");
    if (model.kind == SentencePieceModel::Kind::Bpe)
        return named("Llama");
    return named(fileName == "sentencepiece.bpe.model" ? "XLM-R" : "T5");
}

} // namespace headlight
