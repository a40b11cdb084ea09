// Implements appearance.h. Qt 6.4 does not tell whether a desktop is dark; the desktop portal does, over
// D-Bus, where there is one. Without it the palette that Qt found at the start decides.

#include "ui/shell/appearance.h"

#include "ui/session/preferences.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace headlight::ui {
namespace {

const QString portal = QStringLiteral("org.freedesktop.portal.Desktop"),
              portalPath = QStringLiteral("/org/freedesktop/portal/desktop"),
              portalSettings = QStringLiteral("org.freedesktop.portal.Settings"),
              schemeGroup = QStringLiteral("org.freedesktop.appearance"),
              schemeKey = QStringLiteral("color-scheme");

/// A variant may hold a variant.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

} // namespace

Appearance::Appearance(std::function<void(ThemeKind)> apply, QObject* parent)
    : QObject(parent)
    , m_apply(std::move(apply))
    , m_chosen(loadTheme())
    , m_system(systemTheme())
{
    QMetaObject::invokeMethod(
        this, &Appearance::watchSystem, Qt::QueuedConnection); // the first picture comes first
}

ThemeKind Appearance::kindOf(const QString& chosen, ThemeKind system)
{
    return themeFromId(chosen).value_or(system);
}

void Appearance::setTheme(const QString& id)
{
    m_chosen = id;
    saveTheme(id);
    applyNow();
}

void Appearance::setTypePercent(int percent)
{
    if (percent != int(std::lround(currentTheme().typeScale * 100)))
        applyTheme(*qApp, currentTheme().kind, percent / 100.0);
}

void Appearance::applyNow()
{
    const ThemeKind kind = kindOf(m_chosen, m_system);
    if (kind != currentTheme().kind)
        m_apply(kind);
}

void Appearance::watchSystem()
{
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"))
        return; // nobody to ask
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(portal, portalPath, portalSettings, QStringLiteral("SettingChanged"), this,
        SLOT(portalChanged(QString, QString, QDBusVariant)));
    QDBusMessage question =
        QDBusMessage::createMethodCall(portal, portalPath, portalSettings, QStringLiteral("Read"));
    question << schemeGroup << schemeKey;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* finished) {
        const QDBusPendingReply<QVariant> reply = *finished;
        if (!reply.isError())
            takeScheme(unwrapped(reply.value()));
        finished->deleteLater();
    });
}

void Appearance::portalChanged(const QString& group, const QString& key, const QDBusVariant& value)
{
    if (group == schemeGroup && key == schemeKey)
        takeScheme(unwrapped(value.variant()));
}

/// 1 prefers dark, 2 light, 0 says nothing.
void Appearance::takeScheme(const QVariant& value)
{
    const uint scheme = value.toUInt();
    if (scheme == 0)
        return;
    m_system = scheme == 1 ? ThemeKind::Dark : ThemeKind::Light;
    if (m_chosen.isEmpty())
        applyNow();
}

} // namespace headlight::ui
