#pragma once
// The objects a model found, likeliest first: choosing one shows what it looked at.

#include "ui/session/session.h"

#include <QListView>

class QStringListModel;

namespace headlight::ui {

class BoxList : public QListView {
    Q_OBJECT
public:
    explicit BoxList(Session& session, QWidget* parent = nullptr);
    /// Takes the boxes of the session's result; hides when there are none.
    void refresh();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return { 80, sizeHint().height() }; }

    static constexpr std::size_t mostRows = 25;

private:
    void choose(const QModelIndex& index);

    Session& m_session;
    QStringListModel* m_titles;
};

} // namespace headlight::ui
