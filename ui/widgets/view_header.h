#pragma once
// The row above every view: which layer and head, and how numbers become colours.

#include "ui/session/session.h"

#include <QWidget>

class QAction;
class QBoxLayout;

namespace headlight::ui {

class ChoiceButton;
class HeadChooser;

class ViewHeader : public QWidget {
    Q_OBJECT
public:
    explicit ViewHeader(Session& session, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void arrange();
    void addScale(QLayout* layout);
    void addNormalise(QLayout* layout);
    void addColours(QLayout* layout);
    void addTokens(QLayout* layout);
    void addWords();
    void showResult();
    void showDisplay();
    /// Changes one field of the display settings.
    template <typename Change> void change(Change change);

    Session& m_session;
    QBoxLayout* m_line = nullptr; ///< layer and head beside the settings, or above them
    HeadChooser* m_heads = nullptr;
    QBoxLayout* m_rows = nullptr; ///< the site beside the rest, or above it where there is no room
    ChoiceButton *m_scale = nullptr, *m_normalise = nullptr, *m_colours = nullptr, *m_tokens = nullptr;
    QAction* m_words = nullptr;
};

} // namespace headlight::ui
