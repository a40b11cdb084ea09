#include "ui/shell/copying.h"

#include "ui/views/distribution.h"
#include "ui/views/scene_text.h"

#include <QApplication>
#include <QClipboard>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Copying", text);
}

/// Labels hold neither tabs nor line ends.
QString field(QString label)
{
    return label.replace(u'\t', u' ').replace(u'\n', u' ');
}

QString lineOf(const QString& label, std::span<const float> numbers)
{
    QString line = field(label);
    for (const float number : numbers)
        line += u'\t' + exactText(number);
    return line + u'\n';
}

QString header(const ShownMap& map)
{
    QString line = tr("query \\ key");
    for (const int key : map.keys())
        line += u'\t' + field(tokenLabel(map.columnAxis(), key));
    return line + u'\n';
}

Expected<QString> mapText(const ShownMap& map)
{
    if (map.rows() * map.columns() > mostCopied)
        return Error{ ErrorKind::BadInput,
            tr("This map has %1 × %2 cells, too many for the clipboard: use Export (Ctrl+E) and save it as "
               "CSV or NPZ.")
                .arg(map.rows())
                .arg(map.columns())
                .toStdString() };
    QString text = header(map);
    for (std::int64_t row = 0; row < map.rows(); ++row)
        text += lineOf(tokenLabel(map.rowAxis(), map.queryOf(row)), map.row(row));
    return text;
}

Error nothingChosen(const QString& what)
{
    return { ErrorKind::BadInput, what.toStdString() };
}

} // namespace

Expected<QString> copiedText(const Scene& scene, Copied what)
{
    const ShownMap map(scene);
    if (map.empty())
        return nothingChosen(tr("There is no map to copy from yet."));
    if (what == Copied::Map)
        return mapText(map);
    const auto query = scene.selection.query(), key = scene.selection.key;
    const auto row = query ? map.rowOf(*query) : std::nullopt;
    const auto column = key ? map.columnOf(*key) : std::nullopt;
    if (what == Copied::Row)
        return row ? Expected<QString>(header(map) + lineOf(tokenLabel(map.rowAxis(), *query), map.row(*row)))
                   : nothingChosen(tr("Choose a token first: its row is copied."));
    if (what == Copied::Cell)
        return row && column ? Expected<QString>(exactText(map.at(*row, *column)))
                             : nothingChosen(tr("Choose a cell first: its number is copied."));
    if (!column)
        return nothingChosen(tr("Choose a cell first: its column is copied."));
    QString text;
    const std::vector<float> numbers = map.column(*column);
    for (std::int64_t i = 0; i < map.rows(); ++i)
        text += lineOf(tokenLabel(map.rowAxis(), map.queryOf(i)), { &numbers[std::size_t(i)], 1 });
    return text;
}

Copying::Copying(std::function<Scene()> scene, QObject* parent)
    : QObject(parent)
    , m_scene(std::move(scene))
{
}

void Copying::copy(Copied what)
{
    const auto put = [this, what](const Expected<QString>& text) {
        if (!text)
            return emit told(QString::fromStdString(text.error().message));
        QApplication::clipboard()->setText(*text);
        const QString names[]{ tr("The number is copied."), tr("The row is copied."),
            tr("The column is copied."), tr("The map is copied.") };
        emit told(names[int(what)]);
    };
    const Scene scene = m_scene();
    if (what != Copied::Map || ShownMap(scene).rows() * ShownMap(scene).columns() <= 128 * 128)
        return put(copiedText(scene, what));
    emit told(tr("Copying …"));
    m_job.start<Expected<QString>>(
        this, [scene](const std::stop_token&) { return copiedText(scene, Copied::Map); }, put);
}

} // namespace headlight::ui
