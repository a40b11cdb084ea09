#pragma once
// The base of every view and its descriptor. A view draws through a Figure, which the command line's `render`
// and the export dialog use too: what is on the screen and what is in the file come from the same code.

#include "ui/session/session.h"
#include "ui/style/colour_map.h"
#include "ui/style/theme.h"

#include <QSizeF>
#include <QStringList>
#include <QVariantMap>
#include <QWidget>

class QPainter;

namespace headlight::ui {

struct ComparedSide;

/// What stands around the picture itself. The screen shows all of it, a file what was chosen for it.
struct FigureParts {
    bool title = true, caption = true;
    bool legend = true; ///< the colour bar, or what says which colour is which head
    friend bool operator==(const FigureParts&, const FigureParts&) = default;
};

/// All a drawing depends on, as a value: the same scene gives the same picture, byte for byte.
struct Scene {
    std::shared_ptr<const AnalysisResult> result;
    Selection selection;
    DisplaySettings display;
    ThemeKind theme = ThemeKind::Light;
    QString title; ///< empty: the view's own ("Layer 5 · Head 7")
    /// What belongs to one view alone (the order of the grid, the zoom of a map), by the names its figure
    /// documents.
    QVariantMap options;
    /// How the chosen layer came about, where the result's own trace does not hold it.
    std::shared_ptr<const LayerComputation> computation = {};
    /// What the selection is held against, for figures that compare; null otherwise.
    std::shared_ptr<const ComparedSide> other = nullptr;
    double typeScale = 1; ///< of the window; files have the usual size
    FigureParts parts = {};
};

/// The colours and fonts a scene is drawn with.
inline const Theme& themeOf(const Scene& scene)
{
    return Theme::of(scene.theme, scene.typeScale);
}

/// What a view draws, without a widget: on a screen, into an SVG, on a page.
class Figure {
public:
    virtual ~Figure() = default;
    /// Draws into `area`. Vector where cells are few (see vectorCellLimit), one image where they are many.
    virtual void paint(QPainter& painter, const QRectF& area, const Scene& scene) const = 0;
    /// A size at which everything is readable.
    virtual QSizeF naturalSize(const Scene& scene) const = 0;
    /// The numbers behind the picture, as rows of text cells with a header row; for CSV.
    virtual std::vector<std::vector<QString>> table(const Scene& scene) const = 0;
    /// Cells of the picture, columns × rows: above vectorCellLimit they become one image inside a vector file.
    /// Empty where there are no cells.
    virtual QSize cells(const Scene&) const { return {}; }
    /// What the figure tells step by step, each as options over those of the scene; empty: it has no steps.
    virtual std::vector<QVariantMap> steps(const Scene&) const { return {}; }
    /// Names in Scene::options that it goes by; for the command line.
    virtual QStringList optionNames() const { return {}; }
    static constexpr std::int64_t vectorCellLimit = 250'000;
};

/// Base of the widgets. A hidden view defers: it takes the newest state when it is shown.
class View : public QWidget {
    Q_OBJECT
public:
    explicit View(Session& session, QWidget* parent = nullptr);
    /// What is on the screen now, for export.
    virtual Scene scene() const;

signals:
    /// The person wants to look at the selection in another view, by its id.
    void openRequested(const QString& viewId);

protected:
    Session& session() const { return m_session; }
    /// A new result, or none (null): the old picture is void.
    virtual void showResult() = 0;
    /// Selection, hover or display changed; the result did not.
    virtual void showSelection() = 0;
    /// What the window is busy with changed. The old picture dims while a newer one is awaited.
    virtual void showActivity() { }
    void showEvent(QShowEvent* event) override;

private:
    void resultArrived();
    void selectionArrived();

    Session& m_session;
    bool m_resultPending = true;
    bool m_selectionPending = true;
};

struct ViewDescriptor {
    QString id; ///< as in `render --view`
    QString title; ///< translated, for the tab
    QString summary; ///< one sentence: what it shows
    QString needs; ///< why `available` may say no: "A picture: this input has none."
    /// Whether the view has something to show for this layer (and so for all of its site).
    bool (*shows)(const AnalysisResult& result, const LayerAttention& layer);
    View* (*make)(Session& session, QWidget* parent);
    const Figure& (*figure)();
    /// How a person comes to it in the top bar.
    enum class Entry { Tab, Button } entry = Entry::Tab;
    /// It shows how weights came about: a run for it keeps that (TraceRequest::steps).
    bool computation = false;

    /// Whether any layer of the result has what the view needs.
    bool available(const AnalysisResult& result) const;
    /// Whether the chosen layer has.
    bool available(const AnalysisResult& result, const Selection& selection) const;
    /// The selection, at the last site that the view can show when the chosen one cannot be.
    Selection reachable(const AnalysisResult& result, const Selection& selection) const;
};

/// In the order of the tabs. The list is in views.cpp: adding a view is one file and one line.
std::span<const ViewDescriptor> views();
const ViewDescriptor* viewById(const QString& id);

} // namespace headlight::ui
