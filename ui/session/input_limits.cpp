#include "ui/session/input_limits.h"

#include <QCoreApplication>
#include <QLocale>

namespace headlight::ui {

std::optional<QString> refusedText(qsizetype characters)
{
    if (characters <= longestText)
        return std::nullopt;
    const QLocale locale;
    return QCoreApplication::translate(
        "InputLimits", "This text has %1 characters; up to %2 can be pasted at once.")
        .arg(locale.toString(qint64(characters)), locale.toString(qint64(longestText)));
}

std::optional<QString> refusedPicture(QSize size)
{
    if (qint64(size.width()) * size.height() <= mostPixels)
        return std::nullopt;
    return QCoreApplication::translate(
        "InputLimits", "This picture has %1 × %2 pixels; up to %3 million can be pasted.")
        .arg(size.width())
        .arg(size.height())
        .arg(mostPixels / 1'000'000);
}

} // namespace headlight::ui
