#pragma once
// Theme and size of type as the person chose them, or as the system says: then a change of the system is
// followed while the window is open.

#include "ui/style/theme.h"

#include <QObject>

#include <functional>

class QDBusVariant;

namespace headlight::ui {

class Appearance : public QObject {
    Q_OBJECT
public:
    /// `apply` puts a theme on the window.
    explicit Appearance(std::function<void(ThemeKind)> apply, QObject* parent = nullptr);

    /// The id of a theme, or empty: as the system says. Remembered.
    void setTheme(const QString& id);
    QString theme() const { return m_chosen; }
    /// 100 is the usual size. Remembered by whoever keeps the settings.
    void setTypePercent(int percent);

    /// What a choice means now.
    static ThemeKind kindOf(const QString& chosen, ThemeKind system);

private slots:
    void portalChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void watchSystem();
    void takeScheme(const QVariant& value);
    void applyNow();

    std::function<void(ThemeKind)> m_apply;
    QString m_chosen;
    ThemeKind m_system;
};

} // namespace headlight::ui
