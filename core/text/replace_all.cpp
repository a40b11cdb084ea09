#include "core/text/replace_all.h"

namespace headlight {

void replaceAll(std::string& text, std::string_view from, std::string_view to)
{
    if (from.empty())
        return;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

void cleanUpSpaces(std::string& token)
{
    constexpr std::pair<std::string_view, std::string_view> rules[] = {
        { " .", "." },
        { " ?", "?" },
        { " !", "!" },
        { " ,", "," },
        { " ' ", "'" },
        { " n't", "n't" },
        { " 'm", "'m" },
        { " do not", " don't" },
        { " 's", "'s" },
        { " 've", "'ve" },
        { " 're", "'re" },
    };
    for (const auto& [from, to] : rules)
        replaceAll(token, from, to);
}

} // namespace headlight
