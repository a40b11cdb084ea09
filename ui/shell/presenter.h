#pragma once
// Present (F5): for a room. Panels and bars fold away, type grows, a question stands on top and its answer
// beneath, a ring follows the pointer. Leaving brings back the window exactly as it was.

#include "ui/session/session.h"

class QLabel;
class QMainWindow;

namespace headlight::ui {

class PointerRing;

class Presenter : public QObject {
    Q_OBJECT
public:
    struct Parts {
        QMainWindow& window;
        QWidget& viewArea; ///< what stays: question and answer lie above and beneath it
        QList<QWidget*> folding; ///< what goes beside docks, menu and status bar
    };
    Presenter(Session& session, const Parts& parts);
    ~Presenter() override;

    bool presenting() const { return m_presenting; }
    void toggle();

    /// Type is so much larger than the person's own size.
    static constexpr double growth = 1.5;

signals:
    void changed(bool presenting);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void enter();
    void leave();
    void showWords();
    void fold(QWidget* widget);

    Session& m_session;
    Parts m_parts;
    QLabel *m_question, *m_answer;
    PointerRing* m_ring;
    bool m_presenting = false, m_wasFullScreen = false;
    double m_typeBefore = 1, m_typeWhile = 1;
    QByteArray m_layout;
    QList<QPointer<QWidget>> m_folded; ///< those that were visible
};

} // namespace headlight::ui
