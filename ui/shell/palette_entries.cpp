#include "ui/shell/palette_entries.h"

#include "ui/session/library.h"
#include "ui/session/session.h"
#include "ui/session/sites.h"

#include <QAction>
#include <QFileInfo>
#include <QMenu>
#include <QRegularExpression>

namespace headlight::ui {
namespace {

/// A book has more tokens than anyone finds in a list.
constexpr int mostTokens = 2000;

QString tr(const char* text)
{
    return QCoreApplication::translate("Palette", text);
}

void addActions(std::vector<PaletteEntry>& entries, const QList<QAction*>& actions)
{
    for (QAction* action : actions) {
        if (action->isSeparator() || !action->isEnabled() || !action->isVisible() || action->text().isEmpty())
            continue;
        QString kind = tr("Command");
        for (QObject* holder : action->associatedObjects()) {
            if (const auto* menu = qobject_cast<QMenu*>(holder); menu && !menu->title().isEmpty())
                kind = menu->title();
        }
        QString title = action->text();
        entries.push_back({ title.remove(u'&'), kind, action->toolTip(), action->shortcut(),
            [action] { action->trigger(); } });
    }
}

void addModels(std::vector<PaletteEntry>& entries, Session& session)
{
    const auto add = [&](const QString& title, const QString& reference, const QString& detail) {
        entries.push_back(
            { title, tr("Model"), detail, {}, [&session, reference] { session.openModel(reference); } });
    };
    for (const CatalogueEntry& entry : session.library().entries()) {
        const QString name = QString::fromStdString(entry.name);
        const bool named = entry.origin != CatalogueEntry::Origin::Folder;
        add(name, named ? name : QString::fromStdString(entry.folder.string()),
            QString::fromStdString(entry.summary));
    }
    for (const QString& folder : session.library().recent())
        add(QFileInfo(folder).fileName(), folder, folder);
}

void addExamples(std::vector<PaletteEntry>& entries, Session& session)
{
    for (std::size_t i = 0; i < session.examples().size(); ++i) {
        const Example& example = session.examples()[i];
        entries.push_back(
            { QString::fromStdString(example.title), tr("Example"), QString::fromStdString(example.text), {},
                [&session, i] {
                    if (i < session.examples().size())
                        session.openExample(i);
                },
                PaletteEntry::Rank::Content });
    }
}

void addTokens(std::vector<PaletteEntry>& entries, Session& session)
{
    const auto layer = session.result() ? layerOf(*session.result(), session.selection()) : nullptr;
    if (!layer)
        return;
    const TokenAxis axis = TokenAxis::queries(*session.result(), *layer);
    for (int token = 0; token < std::min(axis.count(), mostTokens); ++token) {
        entries.push_back({ axis.text(token), tr("Token %1").arg(token), {}, {},
            [&session, token] {
                Selection chosen = session.selection();
                chosen.queries = { token };
                chosen.key.reset();
                session.setSelection(chosen);
            },
            PaletteEntry::Rank::Content });
    }
}

/// "l5 h7": straight there.
void addHead(std::vector<PaletteEntry>& entries, Session& session, const QString& typed)
{
    static const QRegularExpression layerWord(
        QStringLiteral("\\bl(?:ayer)?\\s*(\\d{1,4})\\b"), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression headWord(
        QStringLiteral("\\bh(?:ead)?\\s*(\\d{1,4})\\b"), QRegularExpression::CaseInsensitiveOption);
    const auto layer = layerWord.match(typed), head = headWord.match(typed);
    if (!session.result() || (!layer.hasMatch() && !head.hasMatch()))
        return;
    Selection chosen = session.selection();
    if (layer.hasMatch())
        chosen.layer = layer.captured(1).toInt();
    if (head.hasMatch())
        chosen.heads = { head.captured(1).toInt() };
    const Selection there = clamped(chosen, *session.result());
    if (there.layer != chosen.layer || there.heads != chosen.heads)
        return; // no such layer or head
    const QString title = tr("Go to layer %1 · head %2").arg(chosen.layer).arg(chosen.head());
    entries.push_back({ title + QStringLiteral("  (%1)").arg(typed), tr("Head"), {}, {},
        [&session, there] { session.setSelection(there); } });
}

} // namespace

std::vector<PaletteEntry> paletteEntries(
    Session& session, const QList<QAction*>& actions, const QString& typed)
{
    std::vector<PaletteEntry> entries;
    addHead(entries, session, typed);
    addActions(entries, actions);
    addModels(entries, session);
    addExamples(entries, session);
    if (!typed.trimmed().isEmpty())
        addTokens(entries, session);
    return entries;
}

} // namespace headlight::ui
