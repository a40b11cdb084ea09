#pragma once
// The numbers of the sequential colour maps, apart from the code that uses them.

#include <array>
#include <cstdint>

namespace headlight::ui {

using ColourTable = std::array<std::uint32_t, 256>; ///< 0xRRGGBB

extern const ColourTable viridisTable, cividisTable, magmaTable, infernoTable, plasmaTable;

} // namespace headlight::ui
