#pragma once
// The right panel: exact numbers of the chosen cell, where the chosen token looks, what kind of head this is.

#include "ui/session/inspection.h"
#include "ui/session/session.h"
#include "ui/widgets/async_job.h"

#include <QScrollArea>

class QLabel;

namespace headlight::ui {

class BoxList;
class FactList;
class KeyChart;

class Inspector : public QScrollArea {
    Q_OBJECT
public:
    explicit Inspector(Session& session, QWidget* parent = nullptr);
    /// The numbers as lines of "name<TAB>value", exact.
    QString asText() const;

signals:
    /// "Selection" or "Under the pointer": the dock's title.
    void titleChanged(const QString& title);

private:
    void refresh();
    void refreshWhenIdle();
    void showAll(const AnalysisResult& result, const Inspected& about, const Readings& read);
    void showCell(const Inspected& about, const std::optional<CellNumbers>& numbers);
    void hideAll();
    void showTokens(const Inspected& about, const std::vector<TokenWeight>& tokens);
    void showLookers(const Inspected& about, const std::vector<TokenWeight>& tokens);
    void showHead(const AnalysisResult& result, const Inspected& about);

    Session& m_session;
    QLabel *m_title, *m_hint, *m_tokensTitle, *m_lookersTitle, *m_boxesTitle, *m_headTitle;
    FactList *m_cell, *m_head;
    KeyChart *m_chart, *m_lookers;
    BoxList* m_boxes;
    bool m_pending = false;
    AsyncJob m_reading; ///< of so many rows that it takes longer than a frame
};

/// Four significant digits, an exponent for what is tiny.
QString weightDigits(float weight);
/// The shortest text that reads back as the same float.
QString exactDigits(float weight);

} // namespace headlight::ui
