#pragma once
// When the model of a session, a pin or an undone step is not where it was: says so in the error bar, and
// goes on with the one a person points to.

#include <QObject>

namespace headlight {
struct Error;
}

namespace headlight::ui {

class ErrorBar;
class Session;

class MissingModel : public QObject {
    Q_OBJECT
public:
    /// All three must outlive it; the dialog belongs to `window`.
    MissingModel(Session& session, ErrorBar& bar, QWidget& window);

private:
    void ask(const QString& reference, const Error& error);
    void locate();

    Session& m_session;
    ErrorBar& m_bar;
    QWidget& m_window;
};

} // namespace headlight::ui
