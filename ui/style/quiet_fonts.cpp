// Implements quiet_fonts.h.

#include "ui/style/quiet_fonts.h"

#include <QString>
#include <QtGlobal>

namespace headlight::ui {
namespace {

QtMessageHandler& before()
{
    static QtMessageHandler handler = nullptr;
    return handler;
}

void handle(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    if (!message.contains(QLatin1String("OpenType support missing for")) && before())
        before()(type, context, message);
}

} // namespace

void quietFontFallback()
{
    if (before() == nullptr)
        before() = qInstallMessageHandler(handle);
}

} // namespace headlight::ui
