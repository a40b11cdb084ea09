#pragma once
// Three hints for the first minutes, one at a time, in a slim bar that covers nothing. Each goes for good
// when it is followed or sent away.

#include <QFrame>
#include <QStringList>

class QLabel;

namespace headlight::ui {

class FirstHints : public QFrame {
    Q_OBJECT
public:
    struct Hint {
        QString id, text;
    };
    explicit FirstHints(const QList<Hint>& hints, QWidget* parent = nullptr);

    /// There is something on the screen to try them on.
    void begin();
    /// Something was done: its hint has done its work.
    void done(const QString& id);
    /// All of them once more.
    void showAgain();
    QString shown() const { return m_shown; }

private:
    void showNext();

    QList<Hint> m_hints;
    QStringList m_seen;
    QLabel *m_text, *m_count;
    QString m_shown; ///< id of the hint on the screen
    bool m_begun = false;
};

} // namespace headlight::ui
