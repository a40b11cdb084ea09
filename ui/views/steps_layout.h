#pragma once
// Where everything of the Steps stands: pixels ↔ cells as a plain value. Rows scroll under fixed heads and
// above fixed vectors; only what is visible is asked for.

#include "ui/views/steps_data.h"

namespace headlight::ui {

class StepsLayout {
public:
    enum class Rows {
        Fit, ///< all of them, as high as they need to be: files
        Scroll, ///< no less than readable; the rest scrolls
    };
    struct Column {
        const Stage* stage = nullptr;
        double left = 0, width = 0;
        bool weight = false; ///< drawn as a bar beside its number
        bool narrow = false; ///< too narrow for its whole title
        float top = 1; ///< the largest number of a column of numbers
    };
    /// A vector below the rows: the context, all heads, the outcome, the sum.
    struct Strip {
        const Stage* stage = nullptr;
        QRectF cells;
        QRectF label;
    };

    StepsLayout() = default;
    StepsLayout(const StepsData& data, const QRectF& area, const Theme& theme, Rows rows, double scroll = 0);

    /// What the rows need in all, and what is visible of it.
    double contentHeight() const { return m_rowHeight * double(m_rows); }
    double visibleHeight() const { return m_bottom - m_top; }
    double rowHeight() const { return m_rowHeight; }
    double top() const { return m_top; }
    double bottom() const { return m_bottom; }
    /// Rows that are visible, the last one exclusive.
    std::pair<int, int> visibleRows() const;
    double rowTop(int row) const { return m_top + m_rowHeight * row - m_scroll; }
    std::optional<int> rowAt(const QPointF& point) const;

    const QRectF& area() const { return m_area; }
    double labelsRight() const { return m_labelsRight; }
    double labelsWidth() const { return m_labelsWidth; }
    const Column& keys() const { return m_keys; }
    const Column& values() const { return m_values; }
    const std::vector<Column>& numbers() const { return m_numbers; }
    const std::vector<Strip>& strips() const { return m_strips; }
    const Stage* queryStage() const { return m_query; }
    /// The query as a grid of cells at the left, or as a row above the keys where there is no room.
    const QRectF& query() const { return m_queryRect; }
    int queryColumns() const { return m_queryColumns; }
    bool queryIsStrip() const { return m_queryIsStrip; }

    std::optional<StepCell> cellAt(const StepsData& data, const QPointF& point) const;
    /// Empty for cells that are not on the picture. Rows that are scrolled away have a rectangle outside of
    /// the area.
    QRectF cellRect(const StepsData& data, const StepCell& cell) const;
    /// What is framed while a step is the current one.
    std::vector<QRectF> frames(const StepsData& data, int step) const;

    static constexpr double headHeight = 26, stripHeight = 22, padding = 14, leastRow = 20, mostRow = 42;
    static double stripsHeight(const StepsData& data);

private:
    void layQuery(const StepsData& data, double& left);
    void layColumns(const StepsData& data, const Theme& theme, double left);
    void layStrips(const StepsData& data);
    QRectF rowCells(const Column& column, int row) const;

    QRectF m_area;
    double m_top = 0, m_bottom = 0, m_rowHeight = leastRow, m_scroll = 0;
    int m_rows = 0;
    double m_labelsRight = 0, m_labelsWidth = 0;
    const Stage* m_query = nullptr;
    QRectF m_queryRect;
    int m_queryColumns = 1;
    bool m_queryIsStrip = false;
    Column m_keys, m_values;
    std::vector<Column> m_numbers;
    std::vector<Strip> m_strips;
};

/// Number `index` of `count` side by side in a strip.
QRectF stripCell(const QRectF& strip, std::int64_t index, std::int64_t count);

} // namespace headlight::ui
