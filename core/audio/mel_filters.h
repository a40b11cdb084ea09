#pragma once
// The triangular filters that gather the bins of a spectrum into mel bands.

#include <vector>

namespace headlight {

/// One band: its weights from bin `firstBin` on; zero elsewhere.
struct MelFilter {
    int firstBin = 0;
    std::vector<double> weights;
};

struct MelScale {
    int bands = 80;
    int bins = 201; ///< of the spectrum, the last one at half the sample rate
    int sampleRate = 16000;
    double highest = 8000; ///< Hz, the upper end of the last band; the first begins at 0
};

/// Linear below 1 kHz and logarithmic above, each triangle of area one.
/// Source: Slaney, Auditory Toolbox, 1998; as in librosa.filters.mel.
std::vector<MelFilter> melFilters(const MelScale& scale);

} // namespace headlight
