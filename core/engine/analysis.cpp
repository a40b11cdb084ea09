#include "core/engine/analysis.h"

namespace headlight {

const std::vector<TokenInfo>& AnalysisResult::queryTokens(const AttentionSite& site) const
{
    if (site.tower == Tower::Vision)
        return patchTokens;
    const bool ofDecoder = site.kind != AttentionKind::Encoder;
    return ofDecoder && !decoderTokens.empty() ? decoderTokens : tokens;
}

const std::vector<TokenInfo>& AnalysisResult::keyTokens(const AttentionSite& site) const
{
    if (site.kind != AttentionKind::Cross)
        return queryTokens(site);
    return site.tower == Tower::Text ? patchTokens : tokens;
}

} // namespace headlight
