#include "ui/style/head_colours.h"

#include <array>

namespace headlight::ui {

QColor headColour(int head, ThemeKind theme)
{
    static constexpr std::array<QRgb, 10> onLight{ 0xff0072b2, 0xffd55e00, 0xff00865f, 0xffb3458c, 0xffa66f00,
        0xff1f8fc4, 0xff882255, 0xff6a6a1f, 0xff5b4bb5, 0xff4d4d4d };
    static constexpr std::array<QRgb, 10> onDark{ 0xff56b4e9, 0xffff8a3d, 0xff35c99a, 0xffe59ac6, 0xffe8b23a,
        0xff8fd0f5, 0xffd97ba4, 0xffc9c760, 0xffa99cf5, 0xffc4c4c4 };
    const auto& colours = isDark(theme) ? onDark : onLight;
    return QColor::fromRgb(colours[std::size_t(std::max(0, head)) % colours.size()]);
}

} // namespace headlight::ui
