"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from cordee.accounts.permissions import PUBLIC, permits
from cordee.web.citizen import booking, managing, papers, proposals, waiting
from cordee.web.citizen import views as citizen
from cordee.web.counter import trial
from cordee.web.counter import views as counter
from cordee.web.desk import booking as desk_booking
from cordee.web.desk import calendar as desk_calendar
from cordee.web.desk import closures as desk_closures
from cordee.web.desk import day as desk
from cordee.web.desk import outages as desk_outages
from cordee.web.desk import places as desk_places
from cordee.web.desk import proposals as desk_proposals
from cordee.web.desk import reminders as desk_reminders
from cordee.web.desk import walk_in as desk_walk_in
from cordee.web.entrance import views as entrance
from cordee.web.feeds import views as feeds
from cordee.web.fleet import views as fleet
from cordee.web.partner import agents as partner_agents
from cordee.web.partner import openings as partner_openings
from cordee.web.partner import overview as partner
from cordee.web.partner import reasons as partner_reasons
from cordee.web.partner import stand_ins, unanswered
from cordee.web.week import acts as week_acts
from cordee.web.week import calendar as week_calendar
from cordee.web.week import outcomes
from cordee.web.week import views as week

urlpatterns = [
    path("", citizen.landing, name="landing"),
    path("rendez-vous/", booking.need, name="citizen_need"),
    path("rendez-vous/lieu/", booking.where, name="citizen_where"),
    path("rendez-vous/heure/", booking.when, name="citizen_when"),
    path("rendez-vous/vous/", booking.who, name="citizen_who"),
    path("rdv/<str:code>", managing.find, name="citizen_code"),
    path("mon-rendez-vous/", managing.find, name="citizen_find"),
    path("mon-rendez-vous/fermer/", managing.leave, name="citizen_leave"),
    path("mon-rendez-vous/<str:visit>/", managing.show, name="citizen_visit"),
    path("mon-rendez-vous/<str:visit>/changer/", managing.move, name="citizen_move"),
    path("mon-rendez-vous/<str:visit>/annuler/", managing.cancel, name="citizen_cancel"),
    path("mon-rendez-vous/<str:visit>/autre/", proposals.choose, name="citizen_choose"),
    path("mon-rendez-vous/<str:visit>/plus-tot/", waiting.sooner, name="citizen_sooner"),
    path("mon-rendez-vous/<str:visit>/papier.pdf", papers.slip, name="citizen_slip"),
    path("mon-rendez-vous/<str:visit>/agenda.ics", papers.calendar, name="citizen_calendar"),
    path("rendez-vous/attente/", waiting.enter, name="citizen_wait"),
    path("liste-attente/<int:entry>/", waiting.show, name="citizen_waiting"),
    path("liste-attente/<int:entry>/reponse/", waiting.answer, name="citizen_answer"),
    path("liste-attente/<int:entry>/quitter/", waiting.withdraw, name="citizen_withdraw"),
    path("langue/", permits(PUBLIC)(set_language), name="set_language"),
    path("connexion/", entrance.log_in, name="log_in"),
    path("deconnexion/", entrance.log_out, name="log_out"),
    path("ma-page/", entrance.home, name="home"),
    path("guichet/", counter.guichet, name="guichet"),
    path("guichet/cles/", counter.keys, name="keys"),
    path("guichet/essai/", trial.trial, name="trial"),
    path("guichet/essai/flux/", trial.flow_sheet, name="flow_sheet"),
    path("guichet/semaine/", week.week, name="week"),
    path("guichet/semaine/plages/", week.openings, name="openings"),
    path("guichet/semaine/plages/<int:opening>/", week.change_opening, name="change_opening"),
    path("guichet/semaine/absence/", week.absence, name="absence"),
    path("guichet/semaine/absence/<int:absence>/", week.absence, name="change_absence"),
    path("guichet/semaine/ouverture/", week.extra_opening, name="extra_opening"),
    path("guichet/semaine/ouverture/<int:extra>/", week.extra_opening, name="change_extra_opening"),
    path("guichet/semaine/retirer/", week.remove, name="week_remove"),
    path("guichet/semaine/changer/", week_acts.act, name="week_act"),
    path("guichet/agenda/", week_calendar.own_calendar, name="own_calendar"),
    path("guichet/suivi/", outcomes.follow_up, name="follow_up"),
    path("guichet/<str:visit>/", counter.counter, name="counter"),
    path("agenda/agent/<int:agent>/<str:token>.ics", feeds.agent_feed, name="agent_feed"),
    path("agenda/lieu/<int:site>/<str:token>.ics", feeds.site_feed, name="site_feed"),
    path("miroir/", counter.mirror, name="mirror"),
    path("accueil/", desk.day, name="desk"),
    path("accueil/lieu/", desk_places.choose_site, name="choose_site"),
    path("accueil/liste/", desk.day_list, name="desk_list"),
    path("accueil/appele/", desk.told, name="desk_told"),
    path("accueil/rappele/", desk_reminders.reminded, name="desk_reminded"),
    path("accueil/maintenant/", desk_walk_in.now_free, name="desk_walk_in"),
    path("accueil/fermetures/", desk_closures.closures, name="closures"),
    path("accueil/agenda/", desk_calendar.site_calendar, name="desk_calendar"),
    path("accueil/fermetures/lever/", desk_closures.reopen, name="reopen"),
    path("accueil/bornes/<str:kiosk>/panne/", desk_outages.put_out, name="desk_outage"),
    path("accueil/bornes/<str:kiosk>/remarche/", desk_outages.put_back, name="desk_back"),
    path("accueil/rendez-vous/", desk_booking.need, name="book"),
    path("accueil/rendez-vous/heure/", desk_booking.hours, name="desk_hours"),
    path("accueil/rendez-vous/qui/", desk_booking.who, name="desk_who"),
    path("accueil/rendez-vous/<str:visit>/", desk_proposals.show, name="desk_visit"),
    path("accueil/rendez-vous/<str:visit>/papier.pdf", desk_proposals.slip, name="desk_slip"),
    path("accueil/rendez-vous/<str:visit>/autre/", desk_proposals.choose, name="desk_choose"),
    path("accueil/rendez-vous/<str:visit>/arrive/", desk.arrived, name="desk_arrived"),
    path("accueil/rendez-vous/<str:visit>/absent/", desk.absent, name="desk_absent"),
    path("accueil/rendez-vous/<str:visit>/deplacer/", desk_booking.move, name="desk_move"),
    path("accueil/rendez-vous/<str:visit>/annuler/", desk.cancel, name="cancel"),
    path("administration/", partner.overview, name="partner"),
    path("administration/agents/", partner_agents.agents, name="partner_agents"),
    path("administration/agents/nouveau/", partner_agents.new_agent, name="partner_new_agent"),
    path("administration/agents/<int:agent>/", partner_agents.agent, name="partner_agent"),
    path(
        "administration/agents/<int:agent>/fermer/",
        partner_agents.close_agent,
        name="partner_close_agent",
    ),
    path(
        "administration/agents/<int:agent>/mot-de-passe/",
        partner_agents.agent_password,
        name="partner_agent_password",
    ),
    path(
        "administration/agents/<int:agent>/plages/",
        partner_openings.openings,
        name="partner_openings",
    ),
    path(
        "administration/agents/<int:agent>/absence/",
        partner_openings.absence,
        name="partner_absence",
    ),
    path(
        "administration/agents/<int:agent>/ouverture/",
        partner_openings.extra_opening,
        name="partner_extra",
    ),
    path(
        "administration/agents/<int:agent>/plages/<int:opening>/",
        partner_openings.change_opening,
        name="partner_change_opening",
    ),
    path(
        "administration/agents/<int:agent>/absence/<int:absence>/",
        partner_openings.absence,
        name="partner_change_absence",
    ),
    path(
        "administration/agents/<int:agent>/ouverture/<int:extra>/",
        partner_openings.extra_opening,
        name="partner_change_extra",
    ),
    path(
        "administration/agents/<int:agent>/retirer/", partner_openings.remove, name="partner_remove"
    ),
    path("administration/remplacements/", stand_ins.stand_ins, name="partner_stand_ins"),
    path("administration/sans-reponse/", unanswered.unanswered, name="partner_unanswered"),
    path("administration/demarches/", partner_reasons.reasons, name="partner_reasons"),
    path(
        "administration/demarches/nouvelle/", partner_reasons.new_reason, name="partner_new_reason"
    ),
    path("administration/demarches/<int:reason>/", partner_reasons.reason, name="partner_reason"),
    path(
        "administration/demarches/<int:reason>/fermer/",
        partner_reasons.close_reason,
        name="partner_close_reason",
    ),
    path("parc/", fleet.kiosks, name="fleet"),
    path("parc/bornes/", fleet.new_kiosk, name="new_kiosk"),
    path("parc/bornes/<str:kiosk>/code/", fleet.give_code, name="kiosk_code"),
    path("parc/bornes/<str:kiosk>/revoquer/", fleet.revoke, name="revoke_kiosk"),
    path("parc/bornes/<str:kiosk>/panne/", fleet.put_out, name="fleet_outage"),
    path("parc/bornes/<str:kiosk>/remarche/", fleet.put_back, name="fleet_back"),
    path("parc/administrations/", fleet.partners, name="partners"),
]
