#pragma once
// A finding that was kept: what is needed to come back to it, what a person says about it, and how it looked.

#include "ui/session/session_state.h"

#include <QByteArray>

namespace headlight::ui {

struct PinNumber {
    QString name; ///< "it → animal", "entropy"
    double value = 0;
    friend bool operator==(const PinNumber&, const PinNumber&) = default;
};

struct Pin {
    QString id; ///< tells pins apart while titles change
    QString title, note; ///< the note is Markdown
    SessionState state;
    QString model; ///< its name and size, for a reader who does not have it
    QString input; ///< what it was run on, in words
    std::vector<PinNumber> numbers; ///< exact
    QByteArray picture; ///< PNG; empty while it is drawn, and when it could not be
    std::string rest; ///< what a newer program wrote about it, as JSON; kept when the session is saved
    friend bool operator==(const Pin&, const Pin&) = default;
};

} // namespace headlight::ui
